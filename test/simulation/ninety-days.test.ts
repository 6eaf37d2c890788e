import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jumpingClock } from '../../local/functions-host';
import { BackupPolicy } from '../../src/policies/policy';
import { startBlobService } from './support/blob-service';
import { dueTimes, kept, type OraclePoint } from './support/oracle';
import { startSimulatedApp } from './support/simulated-app';
import { type SimulatedVm, startSimulatedAzure } from './support/simulated-azure';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The scheduler looks this often: several due times may pass between two looks, and then count as one. */
const TICK = 3 * HOUR;
/** With SIMULATION_DAYS=90 SIMULATION_VMS=20 as many as the whole promise names; by default what every run of the tests can afford. */
const DAYS = Number(process.env.SIMULATION_DAYS ?? 50);
const VMS = Number(process.env.SIMULATION_VMS ?? 4);

/** The clock goes forward in New York on 14 March 2027 and in Berlin on 28 March, and back in Sydney on 4 April. */
const START = Date.parse('2027-02-20T00:00:00Z');
/** Nobody is there from Saturday to Monday. */
const WEEKEND = { from: START + 28 * DAY, to: START + 30 * DAY + 12 * HOUR };

const policy = (input: object) => BackupPolicy.parse(input);
const POLICIES: Record<string, BackupPolicy> = {
  berlin: policy({
    schedule: { frequency: 'daily', times: ['02:30'], timeZone: 'Europe/Berlin' },
    retention: { daily: 7, weekly: 4, monthly: 2 },
  }),
  'new-york': policy({
    schedule: { frequency: 'daily', times: ['02:30', '14:00'], timeZone: 'America/New_York' },
    retention: { daily: 5, weekly: 2 },
    instantRestoreDays: 2,
  }),
  sydney: policy({
    schedule: {
      frequency: 'weekly',
      days: ['sunday', 'wednesday'],
      times: ['02:30'],
      timeZone: 'Australia/Sydney',
    },
    retention: { weekly: 3, yearly: 1 },
  }),
  office: policy({
    schedule: {
      frequency: 'hourly',
      every: 12,
      window: { start: '18:00', hours: 24 },
      timeZone: 'Europe/London',
    },
    retention: { daily: 3, monthly: 12 },
    instantRestoreDays: 1,
  }),
};
const NAMES = Object.keys(POLICIES);

const vmOf = (index: number): SimulatedVm => ({
  name: `vm-${index}`,
  os: index % 3 === 0 ? 'Windows' : 'Linux',
  policy: NAMES[index % NAMES.length] as string,
  powerState: index % 5 === 4 ? 'deallocated' : 'running',
  dataDisk: index % 7 === 0,
});

/** What the test knows of a VM, without asking the app. */
interface Expected {
  key: string;
  policy: BackupPolicy;
  dues: number[];
  enrolledAt: number;
  served: number;
  gone: boolean;
  stopped: boolean;
  points: OraclePoint[];
}

const stampOf = (at: number) =>
  `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase()}z`;

test(`${DAYS} days of ${VMS} VMs: the right points on every day, kept as the rules say, and nothing left behind`, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'simulation-'));
  const clock = jumpingClock(START);
  const now = () => new Date(clock.now());
  const today = () => now().toISOString().slice(0, 10);
  const blobs = await startBlobService(now);
  const azure = await startSimulatedAzure(path.join(folder, 'azure'), now);
  const settings = {
    VaultStorage: blobs.connectionString,
    AzureWebJobsStorage: blobs.connectionString,
    ComputeEndpoint: azure.url,
    ComputeAllowInsecureLoopback: 'true',
    Subscriptions: azure.subscriptionId,
    MaxConcurrentBackups: '4',
  };
  const startApp = () => startSimulatedApp({ clock, stateDir: path.join(folder, 'host'), settings });
  let app = await startApp();
  const fleet = Array.from({ length: VMS }, (_, index) => vmOf(index));
  const late = fleet.splice(-2);
  await azure.add(fleet);
  for (const [name, body] of Object.entries(POLICIES)) {
    expect((await app.call('PUT', `policies/${name}`, body)).status).toBe(200);
  }
  const expected = new Map<string, Expected>();
  let pointsMade = 0;
  let longestHistory = 0;

  try {
    for (let at = START + TICK; at <= START + DAYS * DAY; at += TICK) {
      const hour = (at - START) / HOUR;
      if (at > WEEKEND.from && at < WEEKEND.to) continue;
      if (at > clock.now()) clock.jump(at - clock.now());
      if (hour === 20 * 24) await azure.add(late);
      if (hour === 35 * 24) await removeVm('vm-1');
      if (hour === 40 * 24 && expected.has('vm-2')) await stopProtection('vm-2');
      if (hour === 45 * 24) await azure.stopVm('vm-3');
      if (hour % 51 === 0) await azure.write('vm-0', hour);
      await schedulerTick(at);
      if (new Date(at).getUTCHours() === 6) await endOfDay();
    }
    await app.settle();
    longestHistory = Math.max(longestHistory, app.longestHistory());
    await everyPointCanBeRestored();
    expect(longestHistory).toBeLessThan(1000);
    expect(app.problems).toEqual([]);
    expect(pointsMade).toBeGreaterThan(DAYS);
    console.info(`${pointsMade} points made, longest history ${longestHistory} events`);
  } finally {
    await app.close();
    await azure.close();
    await blobs.close();
    rmSync(folder, { recursive: true, force: true });
  }

  async function schedulerTick(at: number): Promise<void> {
    const day = Math.floor((at - START) / DAY);
    // Every tenth day the host is restarted while backups are under way, in the hour that has most of them.
    const restarts = day % 10 === 9 && new Date(at).getUTCHours() === 3;
    await meetNewVms();
    expectBackups(clock.now());
    if (restarts) {
      await app.startTick();
      await app.close();
      app = await startApp();
    }
    await app.tick('scheduler');
  }

  /** The app sees a VM first when it ticks: from then on its due times count. */
  async function meetNewVms(): Promise<void> {
    const { body } = await app.call<{ vms: { key: string; name: string }[] }>('GET', 'vms');
    for (const { key, name } of body.vms) {
      if (expected.has(name)) continue;
      const rules = POLICIES[vmOf(Number(name.slice(3))).policy] as BackupPolicy;
      const enrolledAt = clock.now();
      const dues = dueTimes(rules, enrolledAt, START + (DAYS + 1) * DAY);
      expected.set(name, {
        key,
        policy: rules,
        dues,
        enrolledAt,
        served: 0,
        gone: false,
        stopped: false,
        points: [],
      });
    }
  }

  /** By the rules: the last due time that has passed is served, once, unless it lies before the VM was known. */
  function expectBackups(tickAt: number): void {
    for (const vm of expected.values()) {
      const due = vm.dues.findLast((one) => one <= tickAt);
      if (due === undefined || due <= vm.served || vm.gone || vm.stopped) continue;
      vm.served = due;
      vm.points.push({ id: `${vm.key}.${stampOf(due)}`, at: tickAt });
      pointsMade += 1;
    }
  }

  async function endOfDay(): Promise<void> {
    await app.tick('maintenance');
    const maintained = await app.call<{ jobs: { state: string }[] }>('GET', 'jobs?kind=maintenance&limit=1');
    expect(maintained.body.jobs).toEqual([expect.objectContaining({ state: 'Succeeded' })]);
    await app.tick('sweeper');
    for (const [name, vm] of expected) {
      if (!vm.stopped) vm.points = kept(vm.points, vm.policy);
      const { body } = await app.call<{ recoveryPoints: { id: string }[] }>(
        'GET',
        `vms/${vm.key}/recovery-points`,
      );
      const listed = body.recoveryPoints.map(({ id }) => id);
      expect({ day: today(), name, listed }).toEqual({
        day: today(),
        name,
        listed: vm.points.map(({ id }) => id),
      });
    }
    await nothingIsLeftBehind();
    const failed = await app.call<{ jobs: unknown[] }>('GET', 'jobs?state=Failed&limit=10');
    expect(failed.body.jobs).toEqual([]);
  }

  async function nothingIsLeftBehind(): Promise<void> {
    const { snapshots, grants } = await azure.leftovers();
    expect(grants).toEqual([]);
    for (const [name, vm] of expected) {
      const days = vm.policy.instantRestoreDays;
      const newest = vm.points.at(-1)?.id;
      const wanted = vm.points.filter(
        ({ id, at }) =>
          days > 0 && (at + days * DAY > clock.now() || (id === newest && !vm.gone && !vm.stopped)),
      );
      const snapshotsOf = snapshots.filter((snapshot) => snapshot.vm === name);
      expect({
        day: today(),
        name,
        snapshots: snapshotsOf.map((one) => one.name.slice(0, 16)).sort(),
      }).toEqual({
        day: today(),
        name,
        snapshots: wanted.map(({ id }) => id.split('.')[1]).sort(),
      });
    }
  }

  async function removeVm(name: string): Promise<void> {
    await azure.remove(name);
    const vm = expected.get(name);
    if (vm) vm.gone = true;
  }

  async function stopProtection(name: string): Promise<void> {
    const vm = expected.get(name) as Expected;
    expect((await app.call('DELETE', `vms/${vm.key}/protection?data=retain`)).status).toBe(200);
    vm.stopped = true;
  }

  async function everyPointCanBeRestored(): Promise<void> {
    for (const vm of expected.values()) {
      for (const { id } of [vm.points.at(0), vm.points.at(-1)].filter((point) => point !== undefined)) {
        const { status, body } = await app.call<{ job: string }>(
          'POST',
          `recovery-points/${id}/verifications`,
        );
        expect(status).toBe(202);
        await app.settle();
        const job = await app.call<{ state: string }>('GET', `jobs/${body.job}`);
        expect({ id, state: job.body.state }).toEqual({ id, state: 'Succeeded' });
      }
    }
  }
}, 900_000);
