import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { compiled } from '../../local/process/project-root';
import { watchUsage } from '../support/process-usage';

/** One disk of one point. */
export interface MeasuredDisk {
  /** Address of the vault's container. */
  address: string;
  pointId: string;
  diskId: string;
  /** Where files may be made; they are deleted. */
  folder: string;
}

/** What a way took, the start of its process included. */
export interface Taken {
  seconds: number;
  /** Of the process that reads the vault, its threads included. */
  cpuSeconds: number;
  /** The most memory that it held. */
  peakBytes: number;
}

/** A way to take a disk out of the vault, each in a process of its own. */
export interface Way {
  name: string;
  measure: (disk: MeasuredDisk) => Promise<Taken>;
}

/** What the others are held against. */
export const restoring: Way = {
  name: 'restore into a file',
  measure: ({ address, pointId, diskId, folder }) => {
    const program = compiled('bench', 'direct', 'restore-process.js');
    return toItsEnd([program, address, pointId, diskId, path.join(folder, 'restored')], folder);
  },
};

export const exporting: Way = {
  name: 'point export, with the SHA-256 of the file',
  measure: (disk) => toItsEnd(exportOf(disk), disk.folder),
};

export const exportingUnhashed: Way = {
  name: 'point export, without it',
  measure: (disk) => toItsEnd([...exportOf(disk), '--no-digest'], disk.folder),
};

/** nbdcopy of a served point. Fails where nbdcopy is not installed. */
export const copyingByNbd: Way = {
  name: 'nbdcopy of a served point',
  async measure({ address, pointId, diskId, folder }) {
    const socket = path.join(folder, 'nbd.sock');
    const asked = ['--disk', diskId, '--vault', address, '--socket', socket];
    const started = performance.now();
    const server = start([compiled('vmbackup.cjs'), 'point', 'serve', pointId, ...asked]);
    const used = watchUsage(server.pid ?? 0);
    const ended = once(server, 'close');
    const [said] = server.stdout ? await once(server.stdout, 'data') : [];
    const [uri = ''] = /nbd\+unix:\S+/.exec(`${said}`) ?? [];
    await promisify(execFile)('nbdcopy', [uri, path.join(folder, 'copied')]);
    const seconds = (performance.now() - started) / 1000;
    const usage = used();
    server.kill('SIGINT');
    await ended;
    discard(folder);
    return { seconds, ...usage };
  },
};

const exportOf = ({ address, pointId, diskId, folder }: MeasuredDisk): string[] => [
  ...[compiled('vmbackup.cjs'), 'point', 'export', pointId, '--disk', diskId],
  ...['--vault', address, '--to', path.join(folder, 'exported')],
];

const start = (args: string[]): ChildProcess =>
  spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });

async function toItsEnd(args: string[], folder: string): Promise<Taken> {
  const started = performance.now();
  const child = start(args);
  const used = watchUsage(child.pid ?? 0);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text) => {
      said += text;
    });
  const [code] = await once(child, 'close');
  const seconds = (performance.now() - started) / 1000;
  const usage = used();
  discard(folder);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${said}`);
  return { seconds, ...usage };
}

function discard(folder: string): void {
  for (const name of ['restored', 'exported', 'copied']) rmSync(path.join(folder, name), { force: true });
}
