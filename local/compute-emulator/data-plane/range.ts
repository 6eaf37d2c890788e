import type { IncomingHttpHeaders } from 'node:http';
import { invalidHeader, StorageError } from './storage-error';

/** Bytes `start` (inclusive) to `end` (exclusive). */
export interface ByteWindow {
  start: number;
  end: number;
}

/**
 * The range that a request asks for, in the storage service's header or the ordinary
 * one; undefined for the whole blob.
 */
export function requestedRange(headers: IncomingHttpHeaders, sizeBytes: number): ByteWindow | undefined {
  const text = headers['x-ms-range'] ?? headers.range;
  if (text === undefined) return undefined;
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(String(text)) ?? [];
  if (first === undefined) throw invalidHeader('x-ms-range');
  const start = Number(first);
  const end = last === undefined || last === '' ? sizeBytes : Number(last) + 1;
  if (end <= start) throw invalidHeader('x-ms-range');
  if (start >= sizeBytes) {
    throw new StorageError(
      416,
      'InvalidRange',
      'The range specified is invalid for the current size of the resource.',
      {
        'content-range': `bytes */${sizeBytes}`,
      },
    );
  }
  return { start, end: Math.min(end, sizeBytes) };
}
