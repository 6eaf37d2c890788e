import type { Host } from '../../../../local/functions-host';
import { isScheduled } from '../../../../local/functions-host/durable-task/history';
import { begin, run, runHost, until } from '../support/hosts';

// Where the SDK and the Durable extension part, named after the rows of the table of known defects. An SDK
// upgrade that changes one of these shows here first.

describe.each([2, 3] as const)('with schema %i', (schemaVersion) => {
  let host: Host;
  beforeAll(async () => {
    host = await runHost('contract-app', { schemaVersion });
  });

  test('Task.all with a failing child and a retrying sibling, then a clean-up: completes with a wrong value', async () => {
    const { runtimeStatus, output } = await run(host, 'allThenCleanup', { siblingFailures: 1, attempts: 3 });
    expect({ runtimeStatus, output }).toEqual({ runtimeStatus: 'Completed', output: { cleanup: null } });
  });

  test('the same with siblings that exhaust their retries: completes with a wrong value', async () => {
    const { runtimeStatus, output } = await run(host, 'allThenCleanup', { siblingFailures: 9, attempts: 2 });
    expect({ runtimeStatus, output }).toEqual({ runtimeStatus: 'Completed', output: { cleanup: null } });
  });

  test('the same without retries anywhere: fine', async () => {
    const { output } = await run(host, 'allThenCleanup', {});
    expect(output).toEqual({ cleanup: { cleaned: true } });
  });

  test('Task.any of a timer and an activity that was retried, then cancel: fails as non-deterministic', async () => {
    const { runtimeStatus, output } = await run(host, 'anyOfTimerAndRetry', { failures: 1 });
    expect(runtimeStatus).toBe('Failed');
    expect(output).toMatch(/^Non-Deterministic workflow detected: /);
  });

  test('Task.any of a timer and an activity, then cancel: fine', async () => {
    const { output } = await run(host, 'anyOfTimerAndActivity');
    expect(output).toEqual({ won: true });
  });

  test('Task.any over a sliding window: launches tasks twice', async () => {
    const { instanceId, output } = await run(host, 'slidingWindow');
    const launched = host.client.history(instanceId).filter(isScheduled);
    expect(launched.length).toBeGreaterThan(5);
    expect(output).not.toEqual([0, 1, 2, 3, 4]);
  });

  test('retryTimeout exceeded: fails and says that Azure would hang', async () => {
    const { runtimeStatus, output } = await run(host, 'retryTimeout');
    expect(runtimeStatus).toBe('Failed');
    expect(output).toMatch(/retryTimeoutInMilliseconds.*for ever, and so would this instance on Azure/s);
  });

  test.each([false, true])('an uncancelled timer: the end waits for it (failing: %s)', async (fail) => {
    const { instanceId, runtimeStatus } = await run(host, 'uncancelledTimer', { ms: 150, fail });
    expect(runtimeStatus).toBe(fail ? 'Failed' : 'Completed');
    const events = host.client.history(instanceId);
    const fired = events.findIndex((event) => event.EventType === 11);
    const completed = events.findIndex((event) => event.EventType === 1);
    expect(fired).toBeGreaterThan(0);
    expect(completed).toBeGreaterThan(fired);
  });

  test('a child terminated by hand: the parent fails and its catch block is skipped', async () => {
    const parent = begin(host, 'parentOfTerminated');
    await until(host, `${parent}-child`, ({ runtimeStatus }) => runtimeStatus === 'Running');
    host.client.terminate(`${parent}-child`, 'enough');
    const { runtimeStatus, output } = await until(host, parent);
    expect(runtimeStatus).toBe('Failed');
    expect(output).toMatch(/^Non-Deterministic workflow detected: .*hasn't \(yet\?\) scheduled this task/);
  });
});
