import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readAppFolder, withSettings } from './app/app-folder';
import { HostError, isDiskFull, messageOf } from './basics/errors';
import { LOG_LEVELS, parseLogLevel } from './basics/log';
import { startHost } from './host';
import type { Keys } from './http/auth';

const USAGE = `Runs a Durable Functions app (Node.js, programming model 4) on this machine.

  --app DIR          folder of the function app (package.json, host.json, local.settings.json)
  --state DIR        folder that keeps instances, messages and timers; made when missing
  --port N           port to listen on, on the loopback interface; 0 (default) takes a free one
  --auth             enforce function, admin and system keys (the state folder's keys.json holds them)
  --strict           refuse an app of which a function cannot be served; by default it is left out
  --workers N        threads for activities alone (default 0: activities run beside the orchestrators)
  --log-level LEVEL  ${LOG_LEVELS.join(', ')}
`;

interface Arguments {
  appDir: string;
  stateDir: string;
  port: number;
  auth: boolean;
  strict: boolean;
  workers: number;
  logLevel: ReturnType<typeof parseLogLevel>;
}

async function main(): Promise<void> {
  outliveOutput();
  const given = readArguments();
  if (!given) {
    process.stdout.write(USAGE);
    return;
  }
  Object.assign(process.env, withSettings(process.env, readAppFolder(given.appDir).values));
  const starting = startHost(given);
  stopOnSignals(() => starting.then((host) => host.close()));
  const host = await starting;

  process.stdout.write(`The functions host listens on ${host.url}\n`);
  if (given.auth) process.stdout.write(`The keys are in ${writeKeys(given.stateDir, host.keys)}\n`);
  process.send?.({ type: 'ready', url: host.url });
}

/**
 * Writes the keys where only this user reads them: what is printed ends up in logs. @returns the file's path.
 */
function writeKeys(stateDir: string, keys: Keys): string {
  const file = join(resolve(stateDir), 'keys.json');
  rmSync(file, { force: true });
  const text = JSON.stringify({ master: keys.master(), host: keys.host(), durable: keys.durable() }, null, 2);
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  return file;
}

/** A log or a pipe that takes no more, on a full disk for example, is no reason to end. */
function outliveOutput(): void {
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
}

/**
 * Stops once, when asked by a signal, or when the parent is gone: nobody would ever stop this process then.
 */
function stopOnSignals(close: () => Promise<void>): void {
  const stop = () => {
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${messageOf(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
}

function readArguments(): Arguments | undefined {
  const { values } = parseArgs({
    options: {
      app: { type: 'string' },
      state: { type: 'string' },
      port: { type: 'string', default: '0' },
      auth: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      workers: { type: 'string', default: '0' },
      'log-level': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const { app: appDir, state: stateDir, auth, strict } = values;
  if (!appDir || !stateDir) throw new HostError('--app and --state are needed.', 'See --help.');
  const level = values['log-level'];
  const logLevel = level === undefined ? undefined : parseLogLevel(level);
  if (level !== undefined && !logLevel) {
    throw new HostError(`--log-level ${level} is not known.`, `Use one of ${LOG_LEVELS.join(', ')}.`);
  }
  return {
    appDir,
    stateDir,
    port: wholeNumber('--port', values.port, 65_535),
    auth,
    strict,
    workers: wholeNumber('--workers', values.workers, 64),
    logLevel,
  };
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new HostError(`${option} ${text} is not allowed.`, `Give a whole number from 0 to ${most}.`);
}

main().catch((error: unknown) => {
  const isKnown = error instanceof HostError || isDiskFull(error);
  process.stderr.write(`${isKnown ? messageOf(error) : (error as Error).stack}\n`);
  process.exit(1);
});
