import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { backupError } from '../../src/failures/failure';

/** Tries to take over from one who is dead; each can only be lost to somebody who lives. */
const TRIES = 5;

/**
 * Takes the lock of a file for this process, a file beside it that names who holds it; what a dead process
 * left is taken over. Answers how to give it back. Throws `OverlayInUse`.
 */
export async function takeLock(file: string): Promise<() => Promise<void>> {
  const lock = `${file}.lock`;
  const mine = `${process.pid} ${birthOf(process.pid)} ${randomBytes(8).toString('hex')}\n`;
  const draft = `${lock}.${randomBytes(8).toString('hex')}`;
  try {
    // Whole before it has its name: nobody may take a lock for a dead one's because it is still empty.
    await writeFile(draft, mine, { flag: 'wx', mode: 0o600 });
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (await linked(draft, lock)) return () => giveBack(lock, mine);
      const holder = await readFile(lock, 'utf8').catch(() => undefined);
      if (holder === undefined) continue;
      if (isAlive(holder)) break;
      await takeAway(lock, holder, `${draft}.dead`);
    }
  } catch (error) {
    throw backupError('OverlayFailed', (error as Error).message, { cause: error });
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  throw backupError('OverlayInUse', `${file} is in use, says ${lock}`);
}

async function linked(draft: string, lock: string): Promise<boolean> {
  try {
    await link(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a dead one's lock away, and puts it back where somebody else was quicker and it is theirs by now. */
async function takeAway(lock: string, holder: string, aside: string): Promise<void> {
  await rename(lock, aside).catch(() => undefined);
  const taken = await readFile(aside, 'utf8').catch(() => undefined);
  if (taken !== undefined && taken !== holder) await link(aside, lock).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

async function giveBack(lock: string, mine: string): Promise<void> {
  const holder = await readFile(lock, 'utf8').catch(() => undefined);
  if (holder === mine) await unlink(lock).catch(() => undefined);
}

function isAlive(holder: string): boolean {
  const [pid = '', birth = ''] = holder.trim().split(' ');
  if (!/^\d+$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // A process of that number may be another one by now.
  return birth === '-' || birthOf(Number(pid)) === birth;
}

/** When a process began, in ticks since the machine did; `-` where there is no /proc to ask. */
function birthOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
  } catch {
    return '-';
  }
}
