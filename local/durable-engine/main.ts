import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readAppFolder, withSettings } from '../functions-host/app/app-folder';
import { HostError, messageOf } from '../functions-host/basics/errors';
import { parseLogLevel } from '../functions-host/basics/log';
import { dieIn } from './die-in';
import { buildEngine, EngineUnavailable } from './dotnet';
import { type EngineHost, startEngineHost } from './engine-host';

// Stands in for `local/functions-host/main.ts`: the same options, the same message when it is ready.

const USAGE = `Runs a Durable Functions app (Node.js) on the published Durable extension.

  --app DIR          folder of the function app
  --state DIR        folder for schedules; instances lie in the storage account of AzureWebJobsStorage
  --port N           port to listen on, on the loopback interface; 0 (default) takes a free one
  --workers N        threads for activities alone (default 0)
  --log-level LEVEL  as for the functions host
  --role NAME        name of this worker, when several share a hub
  --no-timers        leave the timer triggers to another worker of the hub
  --die-in A,B,…     for tests: kill -9 of engine and Node.js in the middle of the first such activity
  --deaths DIR       with it: a folder that workers share, of which one dies in each activity (default: the state)
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      app: { type: 'string' },
      state: { type: 'string' },
      port: { type: 'string', default: '0' },
      workers: { type: 'string', default: '0' },
      'log-level': { type: 'string' },
      role: { type: 'string' },
      timers: { type: 'boolean', default: true },
      'die-in': { type: 'string' },
      deaths: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
    allowNegative: true,
  });
  if (values.help) return void process.stdout.write(USAGE);
  const { app: appDir, state: stateDir } = values;
  if (!appDir || !stateDir) throw new HostError('--app and --state are needed.', 'See --help.');
  Object.assign(process.env, withSettings(process.env, readAppFolder(appDir).values));
  const storage = process.env.AzureWebJobsStorage;
  if (!storage) throw new HostError('AzureWebJobsStorage is not set.', 'The hub lies in that account.');
  const starting = startEngineHost({
    appDir,
    stateDir,
    storage,
    program: await buildEngine(),
    port: Number(values.port),
    workers: Number(values.workers),
    logLevel: values['log-level'] === undefined ? undefined : parseLogLevel(values['log-level']),
    role: values.role,
    timers: values.timers,
    watchActivity: values['die-in']
      ? dieIn(
          values['die-in'].split(','),
          values.deaths ?? join(stateDir, 'deaths'),
          async () => (await starting).enginePid,
        )
      : undefined,
  });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= starting.then((host) => host.close()).finally(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(signal, stop);
  const host = await starting;
  endWith(host, () => stopping !== undefined);
  process.stdout.write(
    `The functions host listens on ${host.url}, on the Durable engine at ${host.rpcUrl}\n`,
  );
  process.send?.({ type: 'ready', url: host.url });
}

/** Without its engine this process does nothing; whoever watches it starts both again. */
function endWith({ engineExited }: EngineHost, isStopping: () => boolean): void {
  void engineExited.then((how) => {
    if (isStopping()) return;
    process.stderr.write(`The engine ended: ${how}\n`);
    process.exit(1);
  });
}

main().catch((error: unknown) => {
  const isKnown = error instanceof HostError || error instanceof EngineUnavailable;
  process.stderr.write(`${isKnown ? messageOf(error) : (error as Error).stack}\n`);
  process.exit(1);
});
