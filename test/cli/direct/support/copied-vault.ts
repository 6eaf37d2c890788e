import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { memoryBlobStore } from '../../../../src/storage/memory-blob-store';
import { type GoldenDisk, writeGoldenHistory } from '../../../vault/support/golden-history';
import { copyToFolder } from '../../../vault/support/vault-folder';
import {
  type CommandOptions,
  type Ended,
  type RunningCommand,
  startCommand,
} from '../../support/run-command';

/** A vault as any copying tool brings it to a folder, and the command that reads it, all alone. */
export interface CopiedVault {
  /** Of the test: everything lies in it, and what is called in it finds no system. */
  folder: string;
  /** The copy. */
  vault: string;
  /** What the disks of its points hold, oldest first. */
  disks: GoldenDisk[];
  /** A further copy that a test may damage. */
  another(): Promise<string>;
  start(args: string[], options?: CommandOptions): RunningCommand;
  /** With `--vault` of the copy. */
  vmbackup(...args: string[]): Promise<Ended>;
  end(): void;
}

export async function copiedVault(): Promise<CopiedVault> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vmbackup-direct-'));
  const store = memoryBlobStore();
  const disks = await writeGoldenHistory(store);
  let copies = 0;
  const another = async () => {
    copies += 1;
    const place = path.join(folder, `vault-${copies}`);
    mkdirSync(place);
    await copyToFolder(store, place);
    return place;
  };
  const vault = await another();
  const started: RunningCommand[] = [];
  const start = (args: string[], options?: CommandOptions) => {
    const command = startCommand(args, { cwd: folder, ...options });
    started.push(command);
    return command;
  };
  return {
    folder,
    vault,
    disks,
    another,
    start,
    vmbackup: (...args) => start([...args, '--vault', vault]).ended,
    end() {
      // A test that failed may have left a server.
      for (const { child } of started) if (child.exitCode === null) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Takes away the whole chunks of a copy, which whole chunks of disks are made of; patches stay. */
export function loseChunks(vault: string): string[] {
  const chunks = path.join(vault, 'chunks');
  const names = readdirSync(chunks);
  for (const name of names) rmSync(path.join(chunks, name));
  return names.map((name) => `chunks/${name}`);
}
