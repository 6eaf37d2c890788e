import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compiled } from '../process/project-root';

/**
 * Notes in `dist` that a system on this state folder runs from it, so that `npm run clean` leaves it where it
 * is; the record in the folder says whether that is still so. A note that a killed system has left behind
 * does no harm.
 * @returns takes the note away
 */
export function noteSystem(stateDir: string, dist = compiled()): () => void {
  const name = createHash('sha256').update(stateDir).digest('hex').slice(0, 32);
  const note = path.join(dist, 'systems', name);
  mkdirSync(path.dirname(note), { recursive: true });
  writeFileSync(note, stateDir);
  return () => rmSync(note, { force: true });
}
