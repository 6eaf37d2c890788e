import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type ApiClient, apiClient } from '../../../client/api-client';
import { requestJson } from '../../../client/http';
import { makeOwnFleet, type OwnVm } from '../../e2e/support/own-fleet';
import { type Started, startAsPeopleDo, untilGone } from '../../e2e/support/started-by-people';
import { testFolder } from '../../e2e/support/test-system';
import { type ApiContract, readContract } from '../../functions/support/api-contract';
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
  { name: 'web-2', os: 'Linux', policy: 'daily', sizes: [2 * MIB] },
  { name: 'sql-1', os: 'Windows', policy: 'daily', sizes: [3 * MIB], guest: { vss: 'some-writers-failed' } },
];

/** `npm start` in a folder, and the command that works on it. */
export interface CommandSystem {
  /** The folder: what is called in it finds the system by itself. */
  folder: string;
  api: ApiClient;
  address(): string;
  /** Storage of the vault. */
  connectionString(): string;
  vmbackup(...args: string[]): Promise<Ended>;
  /** Its answer as JSON; rejects when it does not end well. */
  json<T>(...args: string[]): Promise<T>;
  start(args: string[], options?: CommandOptions): RunningCommand;
  /** What is wrong with a document as the answer to a request. */
  faults(method: string, route: string, body: unknown, status?: number): string[];
  /** Sets what goes wrong in the emulated Azure; takes it away again when called. */
  fault(operation: string, effect: object, count?: number | null): Promise<() => Promise<void>>;
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
  return {
    folder,
    api: apiClient(address),
    address: () => started.addresses.api,
    connectionString: () => started.addresses.connectionString,
    vmbackup,
    async json<T>(...args: string[]) {
      const { code, stdout, stderr } = await vmbackup(...args, '-o', 'json');
      if (code !== 0) throw new Error(`vmbackup ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    start: (args, options) => startCommand(args, { cwd: folder, ...options }),
    faults: (method, route, body, status = 200) =>
      contract.faults(method, route, {
        status,
        headers: new Headers({ 'content-type': 'application/json' }),
        body,
      }),
    async fault(operation, effect, count = null) {
      const at = `${started.addresses.emulator}/emulator/faults`;
      await requestJson('POST', at, { operation, effect, count });
      return async () => void (await requestJson('DELETE', at));
    },
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
