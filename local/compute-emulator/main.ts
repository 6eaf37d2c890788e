#!/usr/bin/env node
// The compute emulator: Azure Compute on one machine, as far as backup and restore of VMs need it. This is
// its command line; `start.ts` is the way in for programs. It knows nothing of the app that uses it.

import { parseArgs } from 'node:util';
import { startComputeEmulator } from './start';

const USAGE = 'Usage: main.js --state DIR [--fleet FILE] [--port N]';

async function main(): Promise<void> {
  // A log or a pipe that takes no more, on a full disk for example, is no reason to end.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  const { values } = parseArgs({
    options: { state: { type: 'string' }, fleet: { type: 'string' }, port: { type: 'string', default: '0' } },
  });
  if (values.state === undefined) throw new Error(USAGE);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${values.port} is no port. ${USAGE}`);
  const emulator = await startComputeEmulator({ stateDir: values.state, fleet: values.fleet, port });

  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    emulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
  console.log(`Compute emulator listening at ${emulator.url}`);
  process.send?.({ type: 'ready', url: emulator.url, subscriptionId: emulator.subscriptionId });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
