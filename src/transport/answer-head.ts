/** The status line and headers of an answer. */
export interface AnswerHead {
  status: number;
  /** By lower-case name; of repeated headers the last. */
  headers: Record<string, string | undefined>;
}

const END = Buffer.from('\r\n\r\n', 'latin1');

/** Where the body starts in the first `used` bytes; undefined while the head is not complete. */
export function findHeadEnd(bytes: Buffer, used: number): number | undefined {
  const at = bytes.subarray(0, used).indexOf(END);
  return at < 0 ? undefined : at + END.length;
}

/**
 * Reads a head; undefined for anything that is no HTTP/1.1, or whose body would not be as long as it says.
 */
export function parseHead(text: string): AnswerHead | undefined {
  const [statusLine = '', ...lines] = text.trimEnd().split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(statusLine)?.[1];
  const headers: AnswerHead['headers'] = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) return undefined;
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  if (status === undefined) return undefined;
  // A chunked body would land in the caller's buffer with its chunk heads.
  if (status === '206' && headers['transfer-encoding'] !== undefined) return undefined;
  return { status: Number(status), headers };
}
