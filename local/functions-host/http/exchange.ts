import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from './body';

/** A request of which the parts that every handler needs have been read. */
export interface Request {
  method: string;
  /** Decoded path segments. */
  segments: string[];
  url: URL;
  headers: IncomingMessage['headers'];
  raw: IncomingMessage;
  /** Reads the whole body. Rejects with `BodyTooLarge`. */
  body(): Promise<Buffer>;
}

export interface Response {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
}

/** The parts of an incoming request; undefined when its path is no valid URL text. */
export function readRequest(raw: IncomingMessage, mostBodyBytes: number): Request | undefined {
  const host = raw.headers.host ?? 'localhost';
  try {
    const url = new URL(raw.url ?? '/', `http://${host}`);
    const segments = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
    return {
      method: raw.method ?? 'GET',
      segments,
      url,
      headers: raw.headers,
      raw,
      body: () => readBody(raw, mostBodyBytes),
    };
  } catch {
    return undefined;
  }
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Response {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

export function send(raw: ServerResponse, { status, headers = {}, body }: Response): void {
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  const withLength =
    status === 204 || status === 304 ? headers : { ...headers, 'content-length': String(length) };
  raw.writeHead(status, withLength);
  raw.end(body);
}
