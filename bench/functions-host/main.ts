import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Host, startHost } from '../../local/functions-host';

// Measures the functions host with its persistent store: `node dist/bench/functions-host/main.js [runs]`.

const root = projectRoot(__dirname);
const appDir = join(root, 'bench/functions-host/fixtures/app');

/** Seconds by the wall clock, and of processor time, which other work on the machine hardly changes. */
interface Measured {
  seconds: number;
  processorSeconds?: number;
}

interface Figure {
  name: string;
  /** What the figure should stay below; undefined when it is only for comparison. */
  limit?: number;
  measure(): Promise<Measured>;
}

const FIGURES: Figure[] = [
  {
    name: 'fan-out of 2,498 activities',
    limit: 4,
    measure: () => timed(['fanOut', { width: 2498 }], 1),
  },
  {
    name: 'chain of 250 activities',
    limit: 1.5,
    measure: () => timed(['chain', { length: 250 }], 1),
  },
  {
    name: '1,000 instances of one activity',
    limit: 5,
    measure: () => timed(['chain', { length: 1 }], 1000),
  },
  { name: '16 activities of 0.1 s of processor', measure: () => burn(0) },
  { name: 'the same with two worker threads', measure: () => burn(2) },
  { name: 'start to ready', limit: 1, measure: secondsToReady },
  { name: 'idle processor time in 5 s', limit: 0.05, measure: idleProcessorSeconds },
];

async function main(): Promise<void> {
  const runs = Number(process.argv[2] ?? 5);
  for (const { name, limit, measure } of FIGURES) {
    const measured: Measured[] = [];
    for (let run = 0; run < runs; run++) measured.push(await measure());
    const { median, least, most } = spread(measured.map(({ seconds }) => seconds));
    const processor = spread(measured.map(({ processorSeconds }) => processorSeconds ?? Number.NaN)).median;
    const parts = [
      name.padEnd(36),
      `median ${median} s`,
      `(${least} to ${most})`,
      processor === 'NaN' ? '' : `processor ${processor} s`,
      limit === undefined ? '' : `limit ${limit} s`,
    ];
    console.log(parts.filter(Boolean).join('  '));
  }
}

function spread(values: number[]): { median: string; least: string; most: string } {
  const sorted = values.toSorted((a, b) => a - b);
  const text = (value: number | undefined) => (value ?? Number.NaN).toFixed(3);
  return {
    median: text(sorted[Math.floor(sorted.length / 2)]),
    least: text(sorted[0]),
    most: text(sorted.at(-1)),
  };
}

/** Seconds from the first start to the last completion, on a fresh host. */
async function timed(
  [orchestrator, input]: [string, unknown],
  instances: number,
  workers = 0,
): Promise<Measured> {
  return withHost(async (host) => {
    const startedAt = performance.now();
    const before = process.cpuUsage();
    for (let i = 0; i < instances; i++) {
      host.client.start({ orchestrator, instanceId: `i${i}`, input: JSON.stringify(input) });
    }
    while (host.client.list({ statuses: ['Pending', 'Running'] }, 1).length > 0) await pause(2);
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(before);
    const done = host.client.list({ statuses: ['Completed'] }, instances + 1).length;
    if (done !== instances) throw new Error(`${done} of ${instances} instances completed`);
    return { seconds, processorSeconds: (user + system) / 1e6 };
  }, workers);
}

/** Seconds for sixteen activities that only compute, with so many threads for activities alone. */
function burn(workers: number): Promise<Measured> {
  return timed(['burn', { width: 16, ms: 100 }], 1, workers);
}

async function withHost<T>(work: (host: Host) => Promise<T>, workers = 0): Promise<T> {
  const stateDir = mkdtempSync(join(tmpdir(), 'functions-host-bench-'));
  const host = await startHost({ appDir, stateDir, logLevel: 'error', workers });
  try {
    return await work(host);
  } finally {
    await host.close();
    rmSync(stateDir, { recursive: true });
  }
}

/** Seconds from starting the process until it says that it listens and all functions are ready. */
async function secondsToReady(): Promise<Measured> {
  const startedAt = performance.now();
  return withProcess(async () => ({ seconds: (performance.now() - startedAt) / 1000 }));
}

/** Processor seconds of an idle host process in five seconds. */
async function idleProcessorSeconds(): Promise<Measured> {
  return withHost(async () => {
    await pause(500);
    const before = process.cpuUsage();
    await pause(5000);
    const { user, system } = process.cpuUsage(before);
    return { seconds: (user + system) / 1e6 };
  });
}

async function withProcess<T>(work: () => Promise<T>): Promise<T> {
  const stateDir = mkdtempSync(join(tmpdir(), 'functions-host-bench-'));
  const main = join(__dirname, '../../local/functions-host/main.js');
  const child = spawn(
    process.execPath,
    [main, '--app', appDir, '--state', stateDir, '--log-level', 'error'],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.once('message', resolve));
  try {
    return await work();
  } finally {
    child.kill();
    await exited;
    rmSync(stateDir, { recursive: true });
  }
}

function projectRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : projectRoot(dirname(from));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

void main();
