import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SUBJECTS } from '../cases';
import type { Seen } from './run-cases';

const FOLDER = path.join(__dirname, '..', 'recordings');

export type Recording = Record<string, Seen>;

/** What the engine answered when it was recorded, by case. */
export const readRecording = (subject: string): Recording => read(path.join(FOLDER, `${subject}.json`));

/** In what the local host is meant to differ from a recording, by case: what it answers, by the path. */
export const readIntended = (): Recording => read(path.join(FOLDER, 'local-host', 'intended.json'));

/** Writes what was seen as the recording of each subject; cases that did not run keep theirs. */
export function writeRecordings(seen: ReadonlyMap<string, Seen>): void {
  for (const [subject, cases] of Object.entries(SUBJECTS)) {
    const before = readRecording(subject);
    const now = Object.keys(cases).flatMap((name) => {
      const steps = seen.get(name) ?? before[name];
      return steps ? [[name, steps] as const] : [];
    });
    write(path.join(FOLDER, `${subject}.json`), Object.fromEntries(now));
  }
}

export const writeIntended = (recording: Recording): void =>
  write(path.join(FOLDER, 'local-host', 'intended.json'), recording);

function read(file: string): Recording {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recording) : {};
}

function write(file: string, recording: Recording): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(recording, undefined, 2)}\n`);
}
