import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../support/seeded-random';
import { compileHost } from './support/compiled-host';
import { type HostProcess, startHostProcess } from './support/host-process';
import { api, fixture, statusOf } from './support/hosts';

const KILLS = 100;
/** Independent workloads side by side, each with a state folder of its own, to use both cores. */
const STREAMS = 2;
const SEED = Number(process.env.CRASH_SEED ?? 20261123);

const folder = mkdtempSync(join(tmpdir(), 'functions-host-crash-'));
const { folder: built, main } = compileHost();
const running = new Set<HostProcess>();

afterAll(async () => {
  for (const host of running) {
    host.child.kill('SIGKILL');
    await host.exited;
  }
  rmSync(folder, { recursive: true });
  rmSync(built, { recursive: true });
});

test(`every result is right although the host is killed ${KILLS} times at random moments (seed ${SEED})`, async () => {
  const streams = Array.from({ length: STREAMS }, (_, index) => runStream(index, KILLS / STREAMS));
  const kills = await Promise.all(streams);
  expect(kills.flat()).toHaveLength(KILLS);
  expect(kills.flat().filter((busy) => busy).length).toBeGreaterThan(KILLS / 2);
});

/** @returns for every kill, whether instances were under way at that moment. */
async function runStream(index: number, kills: number): Promise<boolean[]> {
  const random = seededRandom(SEED + index).next;
  const stateDir = join(folder, `state${index}`);
  const runs = join(folder, `runs${index}`);
  mkdirSync(runs);
  const instances = new Map<string, { raised: boolean; done: boolean }>();
  const busy: boolean[] = [];

  for (let kill = 0; kill < kills; kill++) {
    instances.set(`s${index}-${kill}`, { raised: false, done: false });
    const host = start(stateDir, runs);
    // One in ten is killed while it starts.
    if (random() < 0.1) await pause(random() * 300);
    else {
      const url = await host.url;
      const driver = drive(url, instances, () => host.child.killed).catch(() => {});
      await pause(random() * 250);
      host.child.kill('SIGKILL');
      await driver;
    }
    host.child.kill('SIGKILL');
    await host.exited;
    running.delete(host);
    busy.push([...instances.values()].some(({ done }) => !done));
  }

  const host = start(stateDir, runs);
  const url = await host.url;
  await drive(url, instances, () => [...instances.values()].every(({ done }) => done));
  for (const id of instances.keys()) expect((await statusOf({ url }, id))?.output).toEqual(expected(id));
  host.child.kill('SIGTERM');
  expect(await host.exited).toBe(0);
  running.delete(host);

  // Activities ran at least once each; those that a kill interrupted ran again.
  const counts = readdirSync(runs).map((file) => readFileSync(join(runs, file), 'utf8').length);
  expect(counts.length).toBe(instances.size * (3 * 2 + 5 + 3));
  return busy;
}

function start(stateDir: string, runs: string): HostProcess {
  const args = ['--app', fixture('crash-app'), '--state', stateDir, '--log-level', 'critical'];
  const host = startHostProcess(main, args, { CRASH_RUNS: runs });
  running.add(host);
  return host;
}

/**
 * Starts what is not started and raises the events that are waited for, until `finished` or until the host is
 * gone.
 */
async function drive(
  url: string,
  instances: Map<string, { raised: boolean; done: boolean }>,
  finished: () => boolean,
): Promise<void> {
  while (!finished()) {
    for (const [id, instance] of instances) {
      if (instance.done) continue;
      const status = await statusOf({ url }, id);
      if (!status) await post(url, `orchestrators/everything/${id}`, { key: id });
      else if (status.runtimeStatus === 'Failed') throw new Error(`${id}: ${status.output}`);
      else if (status.runtimeStatus === 'Completed') instance.done = true;
      else if (!instance.raised) {
        await post(url, `instances/${id}/raiseEvent/go`, { for: id });
        instance.raised = true;
      }
    }
    await pause(5);
  }
}

function expected(id: string): unknown {
  const lane = (failures: number) => ({
    ok: true,
    done: ['a', 'b'].map((step) => `${id}/lane${failures}/${step}`),
  });
  return {
    lanes: [lane(0), lane(1), lane(2)],
    early: false,
    squares: [1, 4, 9, 16, 25],
    go: { for: id },
    countdown: { seen: [9, 4, 1] },
  };
}

async function post(url: string, path: string, body: unknown): Promise<void> {
  const response = await api({ url }, 'POST', path, body);
  await response.arrayBuffer();
  if (response.status !== 202) throw new Error(`${path} answered ${response.status}`);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
