import type { IncomingHttpHeaders } from 'node:http';
import { MOST_PAGES_BYTES } from '../disks/page-buffers';

/** The head of a plain upload of pages. */
export interface UploadHead {
  method: 'PUT';
  url: URL;
  headers: IncomingHttpHeaders;
  /** Bytes of the body, which follows at once. */
  length: number;
}

/** What `UploadHead` stands for begins like this. */
export const UPLOAD_START = 'PUT /md-';

const REQUEST_LINE = /^PUT (\/md-\S+) HTTP\/1\.1$/;
const HEADER = /^([\w-]+):[ \t]*(.*?)[ \t]*$/;
/** Whoever sends one of these wants more than a plain upload. */
const SPECIAL = ['expect', 'transfer-encoding', 'upgrade', 'origin', 'trailer'];

/**
 * Reads a request head, without its empty line. Undefined for all that is not an upload of pages in its
 * plainest form, which is left to an HTTP server.
 */
export function parseUploadHead(head: string, baseUrl: string): UploadHead | undefined {
  const [line = '', ...lines] = head.split('\r\n');
  const [, path] = REQUEST_LINE.exec(line) ?? [];
  const url = path === undefined ? null : URL.parse(path, baseUrl);
  const headers = parseHeaders(lines);
  // A path that has to be decoded first is not the plainest form.
  if (url === null || url.pathname.includes('%') || headers === undefined || !isPlain(headers, baseUrl))
    return undefined;
  const length = Number(headers['content-length']);
  const isUpload = url.searchParams.get('comp') === 'page' && headers['x-ms-page-write'] === 'update';
  return isUpload && length > 0 && length <= MOST_PAGES_BYTES
    ? { method: 'PUT', url, headers, length }
    : undefined;
}

/** Undefined when a line is no header, or a header comes twice. */
function parseHeaders(lines: readonly string[]): IncomingHttpHeaders | undefined {
  const headers: IncomingHttpHeaders = {};
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? [];
    const key = name?.toLowerCase();
    if (key === undefined || key in headers) return undefined;
    headers[key] = value;
  }
  return headers;
}

function isPlain(headers: IncomingHttpHeaders, baseUrl: string): boolean {
  return (
    /^\d{1,9}$/.test(headers['content-length'] ?? '') &&
    headers.host === new URL(baseUrl).host &&
    /^(keep-alive)?$/i.test(headers.connection ?? '') &&
    SPECIAL.every((name) => headers[name] === undefined)
  );
}
