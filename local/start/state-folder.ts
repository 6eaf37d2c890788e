import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { identify, isRunning, type ProcessIdentity } from '../process/process-identity';
import { StartRefused } from './start-refused';

const PARTS_END_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 100;

/** Where the running system answers. */
export interface Addresses {
  /** Base address of the app's HTTP API, with its prefix. */
  api: string;
  emulator: string;
  subscriptionId: string;
  /** Blob endpoint of Azurite, with the account. */
  storage: string;
  /** For the Azure Storage libraries and tools. */
  connectionString: string;
}

/** What `running.json` in the state folder says: who holds the folder, and how to reach what runs on it. */
export interface RunningRecord {
  supervisor: ProcessIdentity;
  parts: ProcessIdentity[];
  addresses?: Addresses;
}

/** The folder in which one system keeps everything. At most one supervisor holds it at a time. */
export interface StateFolder {
  dir: string;
  /** A path inside. */
  path(...segments: string[]): string;
  /** Says which processes belong to this start, so that the next start can wait for them. */
  addPart(pid: number): void;
  announce(addresses: Addresses): void;
  release(): void;
}

/**
 * Takes the folder for this process. A folder left behind by a supervisor that was killed is taken over, once
 * the parts of that one have ended. Rejects with `StartRefused` while another one runs on it.
 */
export async function takeStateFolder(dir: string): Promise<StateFolder> {
  makeFolder(dir);
  const file = recordFile(dir);
  const record: RunningRecord = { supervisor: identify(process.pid), parts: [] };
  while (!create(file, record)) await takeOver(dir, file);
  const write = () => replace(file, record);
  return {
    dir,
    path: (...segments) => path.join(dir, ...segments),
    addPart(pid) {
      record.parts.push(identify(pid));
      write();
    },
    announce(addresses) {
      record.addresses = addresses;
      write();
    },
    release: () => rmSync(file, { force: true }),
  };
}

/** What runs on the folder at this moment, if anything does. */
export function readRunning(dir: string): RunningRecord | undefined {
  const record = read(recordFile(dir));
  return record && isRunning(record.supervisor) ? record : undefined;
}

const recordFile = (dir: string) => path.join(dir, 'running.json');

function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    throw new StartRefused(
      `The state folder ${dir} cannot be made: ${(error as Error).message}`,
      'Name another one with --state DIR.',
    );
  }
}

/** Writes the record beside and links it into place, so that nobody ever reads half of it. */
function create(file: string, record: RunningRecord): boolean {
  const draft = writeDraft(file, record);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

const replace = (file: string, record: RunningRecord) => renameSync(writeDraft(file, record), file);

function writeDraft(file: string, record: RunningRecord): string {
  const draft = `${file}.${process.pid}`;
  // The connection string in it holds a key.
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  return draft;
}

function read(file: string): RunningRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

async function takeOver(dir: string, file: string): Promise<void> {
  const left = read(file);
  if (left && isRunning(left.supervisor)) throw alreadyRunning(dir, left);
  if (left) await untilEnded(left.parts, dir);
  discard(file, left);
}

/**
 * Of several that find the same leftover only one moves it away; a record that is not the leftover goes back.
 */
function discard(file: string, left: RunningRecord | undefined): void {
  const aside = `${file}.left.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = read(aside);
  if (moved && moved.supervisor.pid !== left?.supervisor.pid) linkSync(aside, file);
  rmSync(aside, { force: true });
}

async function untilEnded(parts: ProcessIdentity[], dir: string): Promise<void> {
  const attempts = PARTS_END_WITHIN_MS / LOOK_EVERY_MS;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (!parts.some(isRunning)) return;
    await pause(LOOK_EVERY_MS);
  }
  const pids = parts.filter(isRunning).map(({ pid }) => pid);
  throw new StartRefused(
    `A start before this one was killed, and some of its processes still work on ${dir} ` +
      `(pid ${pids.join(', ')}).`,
    'End them, then start again.',
  );
}

function alreadyRunning(dir: string, { supervisor, addresses }: RunningRecord): StartRefused {
  const where = addresses ? ` It answers at ${addresses.api}.` : '';
  return new StartRefused(
    `The system already runs on ${dir} (pid ${supervisor.pid}).${where}`,
    'Use that one, stop it with Ctrl-C, or name another folder with --state DIR.',
  );
}
