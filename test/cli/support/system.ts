import { rm } from 'node:fs/promises';
import path from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { type ApiClient, apiClient } from '../../../client/api-client';
import { requestJson } from '../../../client/http';
import { makeOwnFleet, type OwnVm } from '../../e2e/support/own-fleet';
import { type Started, startAsPeopleDo, untilGone } from '../../e2e/support/started-by-people';
import { testFolder } from '../../e2e/support/test-system';
import { type ApiContract, readContract } from '../../functions/support/api-contract';
import { onTerminal, type Shown } from './on-terminal';
import {
  type CommandOptions,
  type Ended,
  type RunningCommand,
  runCommand,
  startCommand,
} from './run-command';

const MIB = 1024 * 1024;
/** Due once a day only: nothing runs here but what the test starts. */
const VMS: OwnVm[] = [
  { name: 'web-1', os: 'Linux', policy: 'daily', sizes: [6 * MIB, 5 * MIB] },
  { name: 'web-2', os: 'Linux', policy: 'daily', sizes: [2 * MIB, MIB] },
  { name: 'sql-1', os: 'Windows', policy: 'daily', sizes: [3 * MIB], guest: { vss: 'some-writers-failed' } },
];

/** `npm start` in a folder, and the command that works on it. */
export interface CommandSystem {
  /** The folder: what is called in it finds the system by itself. */
  folder: string;
  api: ApiClient;
  address(): string;
  /** Blob endpoint of its Azurite, with the account. */
  storage(): string;
  vmbackup(...args: string[]): Promise<Ended>;
  /** Its answer as JSON; rejects when it does not end well. */
  json<T>(...args: string[]): Promise<T>;
  start(args: string[], options?: CommandOptions): RunningCommand;
  /** What is wrong with a document as the answer to a request. */
  faults(method: string, route: string, body: unknown, status?: number): string[];
  /** Sets what goes wrong in the emulated Azure; takes it away again when called. */
  fault(operation: string, effect: object, count?: number | null): Promise<() => Promise<void>>;
  /** A backup that has come to its transfer and stays there until `undo`. */
  heldUpBackup(vm: string): Promise<{ job: string; undo: () => Promise<void> }>;
  /** Backs up what a guest has changed, and loses what that brought into the vault. */
  loseContentOf(vm: string): Promise<void>;
  onTerminal(args: string[], types?: string): Promise<Shown>;
  stop(): Promise<void>;
  startAgain(): Promise<void>;
  end(): Promise<void>;
}

export async function startCommandSystem(): Promise<CommandSystem> {
  const folder = await testFolder();
  const fleet = await makeOwnFleet(path.join(folder, 'fleet'), VMS);
  const launch = (...args: string[]) => startAsPeopleDo(path.join(folder, '.local'), args);
  let started: Started = await launch('--fleet', fleet.fleetFile);
  const { api: address } = started.addresses;
  const contract: ApiContract = await readContract(await (await fetch(`${address}/openapi.json`)).json());
  const vmbackup = (...args: string[]) => runCommand(args, { cwd: folder });
  const stop = async () => {
    started.child.kill('SIGINT');
    await untilGone(started.parts);
    await started.finished;
  };
  const api = apiClient(address);
  const start = (args: string[], options?: CommandOptions) => startCommand(args, { cwd: folder, ...options });
  const fault = async (operation: string, effect: object, count: number | null = null) => {
    const at = `${started.addresses.emulator}/emulator/faults`;
    await requestJson('POST', at, { operation, effect, count });
    return async () => void (await requestJson('DELETE', at));
  };
  return {
    folder,
    api,
    address: () => started.addresses.api,
    storage: () => started.addresses.storage,
    vmbackup,
    async json<T>(...args: string[]) {
      const { code, stdout, stderr } = await vmbackup(...args, '-o', 'json');
      if (code !== 0) throw new Error(`vmbackup ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    start,
    faults: (method, route, body, status = 200) =>
      contract.faults(method, route, {
        status,
        headers: new Headers({ 'content-type': 'application/json' }),
        body,
      }),
    fault,
    async heldUpBackup(vm) {
      const undo = await fault('blob.download', { kind: 'slow', bytesPerSecond: 1000 });
      const waiting = start(['backup', 'start', vm, '--wait']);
      await waiting.says(`${vm}: transfer`);
      waiting.child.kill('SIGINT');
      const [, job = ''] = /^Job (\S+)/.exec((await waiting.ended).stderr) ?? [];
      return { job, undo };
    },
    async loseContentOf(vm) {
      const vault = BlobServiceClient.fromConnectionString(
        started.addresses.connectionString,
      ).getContainerClient('vault');
      const before = new Set(await contentOf(vault));
      await vmbackup(
        'emulator',
        'vm',
        'write',
        vm,
        'os',
        '--image',
        path.join(folder, 'fleet', `${vm}-0.second.img`),
      );
      await vmbackup('backup', 'start', vm, '--wait');
      const brought = (await contentOf(vault)).filter((name) => !before.has(name));
      if (brought.length === 0) throw new Error('The backup brought nothing.');
      for (const name of brought) await vault.deleteBlob(name);
    },
    onTerminal: (args, types) => onTerminal(args, folder, types),
    stop,
    async startAgain() {
      started = await launch();
    },
    async end() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function contentOf(vault: ContainerClient): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of vault.listBlobsFlat()) if (/^(chunks|packs)\//.test(name)) names.push(name);
  return names;
}
