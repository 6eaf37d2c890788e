import { type Host, jumpingClock } from '../../../../local/functions-host';
import { begin, run, runHost, statusOf, temporaryFolder, typesOf, until } from '../support/hosts';

// The life of an instance, as the Durable extension and the Azure Storage provider lead it.

const running = ({ runtimeStatus }: { runtimeStatus: string }) => runtimeStatus === 'Running';
const DAY = 24 * 3600 * 1000;

describe.each([2, 3] as const)('with schema %i', (schemaVersion) => {
  let host: Host;
  beforeAll(async () => {
    host = await runHost('contract-app', { schemaVersion });
  });

  test('continueAsNew starts a new execution whose history begins anew, and keeps the id', async () => {
    const id = begin(host, 'rounds', { round: 0, seen: [] });
    const first = host.client.get(id)?.executionId;
    for (const step of [1, 2, 3]) {
      host.client.raise(id, 'step', String(step));
      await until(
        host,
        id,
        (status) => !running(status) || (status.input as { round: number }).round === step,
      );
    }
    expect((await until(host, id)).output).toEqual([1, 2, 3]);
    expect(host.client.get(id)?.executionId).not.toBe(first);
    expect(typesOf(host.client.history(id)).slice(0, 2)).toEqual([12, 0]);
  });

  test('timers are up to a second early by the wall clock, never more', async () => {
    expect((await run(host, 'timersByTheWallClock')).output).toEqual({ early: 0 });
  });

  test('a timer of the execution before continueAsNew never reaches the next one', async () => {
    const id = begin(host, 'leavesTimerBehind', { round: 0 });
    expect((await until(host, id)).output).toBe('second round');
    expect(typesOf(host.client.history(id))).not.toContain(11);
  });

  test('an unknown activity fails the instance loudly, where Azure would hang', async () => {
    const { runtimeStatus, output } = await run(host, 'unknownActivity');
    expect(runtimeStatus).toBe('Failed');
    expect(output).toMatch(/'noSuchActivity' doesn't exist.*On Azure this instance would wait for ever/);
  });

  test('callHttp is refused with a clear message', async () => {
    const { runtimeStatus, output } = await run(host, 'callsHttp');
    expect(runtimeStatus).toBe('Failed');
    expect(output).toMatch(/CallHttp is not supported by this functions host/);
  });

  test('a suspended instance acts on no message until it is resumed', async () => {
    const id = begin(host, 'waits');
    await until(host, id, running);
    host.client.suspend(id, null);
    await until(host, id, ({ runtimeStatus }) => runtimeStatus === 'Suspended');
    host.client.raise(id, 'go', '1');
    await run(host, 'viaActivity', { value: 1 });
    expect((await statusOf(host, id))?.runtimeStatus).toBe('Suspended');
    host.client.resume(id, null);
    expect((await until(host, id)).output).toEqual({ value: 1 });
  });

  test('a suspended instance can be terminated', async () => {
    const id = begin(host, 'waits');
    host.client.suspend(id, null);
    await until(host, id, ({ runtimeStatus }) => runtimeStatus === 'Suspended');
    host.client.terminate(id, 'enough');
    expect(await until(host, id)).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' });
  });

  test('a child under the id of an instance that is alive fails, and the parent can catch it', async () => {
    const id = begin(host, 'waits');
    await until(host, id, running);
    const { output } = await run(host, 'sameChild', { id });
    expect(output).toMatch(/already alive/);
    expect((await statusOf(host, id))?.runtimeStatus).toBe('Running');
  });

  test('activities that run twice leave one result', async () => {
    const twice = await runHost('contract-app', { schemaVersion, duplicateActivities: true });
    const { instanceId, output } = await run(twice, 'viaActivity', { value: 1 });
    expect(output).toEqual({ type: 'number', value: 1 });
    expect(typesOf(twice.client.history(instanceId)).filter((type) => type === 5)).toHaveLength(1);
  });

  test('a timer of eight days fires after three days and five days, also across a restart', async () => {
    const clock = jumpingClock();
    const stateDir = temporaryFolder();
    const before = await runHost('contract-app', { schemaVersion, clock, stateDir });
    const id = begin(before, 'longTimer');
    await until(before, id, () => typesOf(before.client.history(id)).includes(10));
    clock.jump(3 * DAY + 1000);
    await until(
      before,
      id,
      () => typesOf(before.client.history(id)).filter((type) => type === 10).length === 2,
    );
    await before.close();
    clock.jump(2 * DAY);
    const after = await runHost('contract-app', { schemaVersion, clock, stateDir });
    expect((await statusOf(after, id))?.runtimeStatus).toBe('Running');
    clock.jump(3 * DAY);
    const { output, createdTime } = await until(after, id);
    expect(Date.parse(output as string) - Date.parse(createdTime)).toBeGreaterThanOrEqual(8 * DAY);
  });
});

test('maxConcurrentActivityFunctions holds: never more than ten activities at a time', async () => {
  let now = 0;
  let most = 0;
  const host = await runHost('contract-app', {
    killPoint: (point) => {
      if (point === 'activity:started') most = Math.max(most, ++now);
      if (point === 'activity:finished') now--;
    },
  });
  await run(host, 'manyAtOnce');
  expect(most).toBe(10);
});
