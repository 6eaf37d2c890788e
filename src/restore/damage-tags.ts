import type { ByteRange } from '../disks/ports';
import { joinRanges, sumLengths } from '../disks/ranges';

/** Azure allows values of 256 characters, and 50 tags. */
const MAX_VALUE = 256;
const MAX_TAGS = 20;

/**
 * The tags that tell of a restored disk where it holds zeros instead of what the recovery point had:
 * `durable-vm-backup-zeros` with the sum, `durable-vm-backup-zeros-1` and on with the ranges as
 * `offset+length` in bytes. Ranges for which there is no room are counted; the job lists them all.
 */
export function damageTags(jobId: string, damaged: readonly ByteRange[]): Record<string, string> {
  const ranges = joinRanges(damaged, 0);
  const values: string[] = [];
  let told = 0;
  for (const { offset, length } of ranges) {
    const text = `${offset}+${length}`;
    const last = values.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= MAX_VALUE)
      values[values.length - 1] = `${last} ${text}`;
    else if (values.length < MAX_TAGS) values.push(text);
    else break;
    told += 1;
  }
  const more = told < ranges.length ? ` (${ranges.length - told} ranges have no room here)` : '';
  const sum = `${sumLengths(ranges)} bytes in ${ranges.length} ranges${more}: GET /api/jobs/${jobId}/damage`;
  return Object.fromEntries([
    [ZEROS_TAG, sum.slice(0, MAX_VALUE)],
    ...values.map((value, index) => [`${ZEROS_TAG}-${index + 1}`, value]),
  ]);
}

const ZEROS_TAG = 'durable-vm-backup-zeros';
