import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jumpingClock } from '../../local/functions-host';
import { startBlobService } from './support/blob-service';
import { cloudSettings } from './support/cloud-settings';
import {
  type ExpectedVm,
  expectBackup,
  expectPoint,
  expectPolicy,
  expectRetention,
  expectVm,
  withSnapshot,
} from './support/expected-vm';
import { type BackupJob, countHappenings, noteBackup } from './support/happenings';
import {
  BERLIN_LATER,
  DAY,
  HOUR,
  MISSED_WEEKEND,
  POLICIES,
  START,
  vmOf,
  WHOLE_SCENARIO,
} from './support/scenario';
import { startSimulatedApp } from './support/simulated-app';
import { type SimulatedVm, startSimulatedAzure } from './support/simulated-azure';

/**
 * Every test run takes the whole scenario; `npm run simulate` goes on for ninety days, with more VMs. Less
 * leaves things out.
 */
const DAYS = Number(process.env.SIMULATION_DAYS ?? WHOLE_SCENARIO.days);
const VMS = Number(process.env.SIMULATION_VMS ?? WHOLE_SCENARIO.vms);
const END = START + (DAYS + 1) * DAY;

interface MaintenanceJob {
  state: string;
  maintenance: { purgedPoints: number; freedBlobs: number };
}

/** The scheduler looks this often: several due times may pass between two looks, and then count as one. */
const TICK = 3 * HOUR;
/** More than the simulated time that all backups of one tick take. */
const LENGTH_OF_A_TICK = 600_000;
/** Histories are purged after a week. */
const HISTORIES_EVERY = 5;

test(`${DAYS} days of ${VMS} VMs: the right points on every day, kept as the rules say, and nothing left behind`, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'simulation-'));
  const clock = jumpingClock(START);
  const now = () => new Date(clock.now());
  const daysAgo = (days: number) => new Date(clock.now() - days * DAY).toISOString();
  const today = () => now().toISOString().slice(0, 10);
  const blobs = await startBlobService(now);
  const azure = await startSimulatedAzure(path.join(folder, 'azure'), now);
  const settings = {
    ...cloudSettings(blobs, azure),
    MaxConcurrentBackups: '8',
  };
  const startApp = () => startSimulatedApp({ clock, stateDir: path.join(folder, 'host'), settings });
  let app = await startApp();
  const vms = Array.from({ length: VMS }, (_, index) => vmOf(index));
  const fleet: SimulatedVm[] = [];
  const expected = new Map<string, ExpectedVm>();
  const happened = countHappenings();
  const snapshots = new Map<string, string[]>();
  let longestHistory = 0;
  let failuresSeenUntil = START;
  let oldestInstance: string | undefined;

  const events: Record<number, () => Promise<void>> = {
    [6 * 24]: () => addVms(vms.slice(-2)),
    [9 * 24 + 12]: () => backUpOnDemand('vm-2', 10),
    [17 * 24]: () => removeVm('vm-1'),
    [19 * 24]: () => stopProtection('vm-5', 'delete'),
    [30 * 24]: () => stopProtection('vm-2', 'retain'),
    [31 * 24]: () => changePolicy('berlin'),
    [33 * 24]: () => stopVm('vm-3'),
  };

  try {
    await addVms(vms.slice(0, -2));
    for (const [name, body] of Object.entries(POLICIES)) {
      expect((await app.call('PUT', `policies/${name}`, body)).status).toBe(200);
    }
    for (let at = START + TICK; at <= START + DAYS * DAY; at += TICK) {
      const hour = (at - START) / HOUR;
      if (at > MISSED_WEEKEND.from && at < MISSED_WEEKEND.to) continue;
      if (at > clock.now()) clock.jump(at - clock.now());
      await events[hour]?.();
      if (hour % 51 === 0) await write('vm-0', hour);
      await schedulerTick(at);
      if (new Date(at).getUTCHours() === 6) await endOfDay(Math.floor(hour / 24));
    }
    await everyPointCanBeRestored();
    await everyBackupWasOneJob();
    longestHistory = Math.max(longestHistory, app.longestHistory());
    expect(longestHistory).toBeLessThan(1000);
    expect(app.problems).toEqual([]);
    const backups = [...expected.values()].reduce((sum, vm) => sum + vm.backups, 0);
    expect(backups).toBeGreaterThan(DAYS);
    console.info(`${backups} points made, longest history ${longestHistory} events\n${happened.summary()}`);
    if (DAYS >= WHOLE_SCENARIO.days && VMS >= WHOLE_SCENARIO.vms) expect(happened.missing()).toEqual([]);
  } finally {
    await app.close();
    await azure.close();
    await blobs.close();
    rmSync(folder, { recursive: true, force: true });
  }

  async function schedulerTick(at: number): Promise<void> {
    await meetNewVms();
    for (const vm of expected.values()) expectBackup(vm, clock.now(), happened);
    const day = Math.floor((at - START) / DAY);
    // Every tenth day the host is restarted while backups are under way, in the hour that has most of them.
    if (day % 10 === 9 && new Date(at).getUTCHours() === 3) {
      await app.startTick();
      await app.backupUnderWay();
      await app.close();
      app = await startApp();
      happened.note('the host was restarted while backups ran');
    }
    await app.tick('scheduler');
    await nothingIsOpen();
  }

  /** Backups clean up behind themselves: the sweeper is for those that died. */
  async function nothingIsOpen(): Promise<void> {
    const { snapshots, grants } = await azure.leftovers();
    const keepsNone = (name: string) => expected.get(name)?.policy.instantRestoreDays === 0;
    const open = { grants, snapshots: snapshots.filter(({ vm }) => keepsNone(vm)) };
    expect({ at: now(), ...open }).toEqual({ at: expect.anything(), grants: [], snapshots: [] });
  }

  /** The app sees a VM first when it ticks: from then on its due times count. */
  async function meetNewVms(): Promise<void> {
    if (fleet.every(({ name }) => expected.has(name))) return;
    const { body } = await app.call<{ vms: { key: string; name: string }[] }>('GET', 'vms');
    for (const { key, name } of body.vms) {
      if (expected.has(name)) continue;
      const policyName = vmOf(Number(name.slice(3))).policy;
      const policy = POLICIES[policyName]!;
      expected.set(name, expectVm({ key, name, policyName, policy, enrolledAt: clock.now(), end: END }));
    }
  }

  async function endOfDay(day: number): Promise<void> {
    await app.tick('maintenance');
    const maintained = await app.call<{ jobs: MaintenanceJob[] }>(
      'GET',
      `jobs?kind=maintenance&from=${daysAgo(1)}`,
    );
    expect(maintained.body.jobs).toEqual([expect.objectContaining({ state: 'Succeeded' })]);
    for (const { maintenance } of maintained.body.jobs) {
      happened.note('a deleted point was purged', maintenance.purgedPoints);
      happened.note('garbage was freed', maintenance.freedBlobs);
    }
    // What was taken in this hour has had its day, by Azure's clock too, some seconds behind the tick.
    clock.jump(LENGTH_OF_A_TICK);
    await app.tick('sweeper');
    for (const vm of expected.values()) {
      expectRetention(vm, happened);
      const { key, name, points } = vm;
      const { body } = await app.call<{ recoveryPoints: { id: string }[] }>(
        'GET',
        `vms/${key}/recovery-points`,
      );
      const listed = body.recoveryPoints.map(({ id }) => id);
      const wanted = points.map(({ id }) => id);
      expect({ day: today(), name, listed }).toEqual({ day: today(), name, listed: wanted });
    }
    await nothingIsLeftBehind();
    const failed = await app.call<{ jobs: unknown[] }>(
      'GET',
      `jobs?state=Failed&limit=10&from=${new Date(failuresSeenUntil).toISOString()}`,
    );
    failuresSeenUntil = clock.now();
    expect(failed.body.jobs).toEqual([]);
    if (day % HISTORIES_EVERY === 0) longestHistory = Math.max(longestHistory, app.longestHistory());
    if (oldestInstance !== app.oldestInstance() && oldestInstance !== undefined)
      happened.note('histories were purged');
    oldestInstance = app.oldestInstance();
  }

  async function nothingIsLeftBehind(): Promise<void> {
    const left = await azure.leftovers();
    expect(left.grants).toEqual([]);
    for (const vm of expected.values()) {
      const { name } = vm;
      const found = left.snapshots.filter((each) => each.vm === name).map((each) => each.name.slice(0, 16));
      const stampOf = ({ id }: { id: string }) => id.split('.')[1] ?? '';
      const wanted = withSnapshot(vm, clock.now()).map(stampOf);
      expect({ day: today(), name, snapshots: found.sort() }).toEqual({
        day: today(),
        name,
        snapshots: wanted.sort(),
      });
      const gone = (snapshots.get(name) ?? []).filter((stamp) => !found.includes(stamp));
      const points = vm.points.map(stampOf);
      happened.note(
        'a snapshot went before its point',
        gone.filter((stamp) => points.includes(stamp)).length,
      );
      snapshots.set(name, found);
    }
    expect(left.snapshots.filter(({ vm }) => !expected.has(vm))).toEqual([]);
  }

  async function addVms(added: SimulatedVm[]): Promise<void> {
    await azure.add(added);
    if (fleet.length > 0) happened.note('a VM came', added.length);
    fleet.push(...added);
  }

  async function backUpOnDemand(name: string, retentionDays: number): Promise<void> {
    const vm = expected.get(name)!;
    const at = clock.now();
    const { body } = await app.call<{ job: string }>('POST', `vms/${vm.key}/backups`, { retentionDays });
    await app.settle();
    const job = await app.call<{ recoveryPoint: string }>('GET', `jobs/${body.job}`);
    expectPoint(vm, { id: job.body.recoveryPoint, at, retainUntil: at + retentionDays * DAY });
    happened.note('a backup on demand');
  }

  async function removeVm(name: string): Promise<void> {
    await azure.remove(name);
    expected.get(name)!.gone = true;
    happened.note('a VM went');
  }

  async function stopVm(name: string): Promise<void> {
    await azure.stopVm(name);
    happened.note('a VM was stopped');
  }

  async function write(name: string, seed: number): Promise<void> {
    await azure.write(name, seed);
    happened.note('a guest wrote');
  }

  async function changePolicy(name: string): Promise<void> {
    // It keeps fewer points: how many go at once has to be confirmed.
    const whatIf = await app.call<{ letsGo: number }>('POST', `policies/${name}/what-if`, BERLIN_LATER);
    const { letsGo } = whatIf.body;
    const changed = await app.call('PUT', `policies/${name}?confirm=${letsGo}`, BERLIN_LATER);
    expect(changed.status).toBe(200);
    for (const vm of expected.values()) {
      if (vm.policyName === name) expectPolicy(vm, BERLIN_LATER, clock.now(), END);
    }
    happened.note('a policy changed');
  }

  async function stopProtection(name: string, data: 'retain' | 'delete'): Promise<void> {
    const vm = expected.get(name);
    if (!vm) return;
    expect((await app.call('DELETE', `vms/${vm.key}/protection?data=${data}`)).status).toBe(200);
    vm.stopped = true;
    if (data === 'delete') vm.points = [];
    happened.note(data === 'delete' ? 'protection ended, points went' : 'protection ended, points stayed');
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

  /** Whatever was restarted meanwhile. */
  async function everyBackupWasOneJob(): Promise<void> {
    for (const { key, name, backups } of expected.values()) {
      const { body } = await app.call<{ jobs: (BackupJob & { state: string })[]; next?: string }>(
        'GET',
        `jobs?kind=backup&vm=${key}&limit=1000`,
      );
      const succeeded = body.jobs.filter(({ state }) => state === 'Succeeded').length;
      expect({ name, jobs: body.jobs.length, succeeded }).toEqual({
        name,
        jobs: backups,
        succeeded: backups,
      });
      for (const job of body.jobs) noteBackup(happened, job);
    }
  }
}, 7_200_000);
