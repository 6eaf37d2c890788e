import type { JobDisk } from './job';

/**
 * A message of an orchestration may have 45 KiB before it is kept elsewhere; the rest of it needs room, too.
 */
const BUDGET_BYTES = 36 * 1024;

/**
 * The disks of a job in one message, however many they are: all of their numbers, and what was wrong with
 * each for as long as there is room. The job's own error says what the first of them says.
 */
export function fitMessage(disks: JobDisk[], budgetBytes = BUDGET_BYTES): JobDisk[] {
  const bare = disks.map(({ reason: _reason, error: _error, ...disk }) => disk);
  let room = budgetBytes - sizeOf(bare);
  return disks.map((disk, index) => {
    const texts = sizeOf(disk) - sizeOf(bare[index]);
    if (texts > room) return bare[index] ?? disk;
    room -= texts;
    return disk;
  });
}

const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
