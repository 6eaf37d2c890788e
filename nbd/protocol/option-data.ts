import { MAX_STRING_BYTES } from './constants';

/** What `INFO` and `GO` ask. */
export interface InfoRequest {
  name: string;
  /** Types of information that the client would like; unknown ones are passed over. */
  wants: number[];
}

/** What `LIST_META_CONTEXT` and `SET_META_CONTEXT` ask. */
export interface ContextRequest {
  name: string;
  queries: string[];
}

/** The name of an export; undefined for bytes that are no string of the protocol. */
export function parseName(data: Buffer): string | undefined {
  if (data.length > MAX_STRING_BYTES || data.includes(0)) return undefined;
  const text = data.toString('utf8');
  return Buffer.from(text).equals(data) ? text : undefined;
}

/** The data of `INFO` and `GO`; undefined when its lengths contradict each other. */
export function parseInfoRequest(data: Buffer): InfoRequest | undefined {
  const string = takeString(data, 0);
  if (!string || data.length < string.end + 2) return undefined;
  const count = data.readUInt16BE(string.end);
  if (data.length !== string.end + 2 + count * 2) return undefined;
  const wants = Array.from({ length: count }, (_, at) => data.readUInt16BE(string.end + 2 + at * 2));
  return { name: string.text, wants };
}

/** The data of the options about contexts; undefined when its lengths contradict each other. */
export function parseContextRequest(data: Buffer): ContextRequest | undefined {
  const string = takeString(data, 0);
  if (!string || data.length < string.end + 4) return undefined;
  const count = data.readUInt32BE(string.end);
  const queries: string[] = [];
  let at = string.end + 4;
  // Each query takes 4 bytes at least, so what is not there ends this soon, whatever number is claimed.
  for (let query = 0; query < count; query += 1) {
    const next = takeString(data, at);
    if (!next) return undefined;
    queries.push(next.text);
    at = next.end;
  }
  return at === data.length ? { name: string.text, queries } : undefined;
}

function takeString(data: Buffer, at: number): { text: string; end: number } | undefined {
  if (data.length < at + 4) return undefined;
  const end = at + 4 + data.readUInt32BE(at);
  if (end > data.length) return undefined;
  const text = parseName(data.subarray(at + 4, end));
  return text === undefined ? undefined : { text, end };
}
