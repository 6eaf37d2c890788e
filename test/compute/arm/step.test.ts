import { beginRaw } from '../../../src/compute/arm/long-running';
import { finished, longRunningStep, type StageContext, waitFor } from '../../../src/compute/arm/step';
import { ensureExtension } from '../../../src/compute/guest/extension';
import { removeSnapshot } from '../../../src/compute/snapshots/remove-snapshot';
import { complete, failureOf } from '../support/azure';
import { type StubAnswer, type StubArm, SUBSCRIPTION, startStubArm } from '../support/stub-arm';

const restorePointId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/restorePointCollections/c/restorePoints/p`;
const running = (retryAfter = '3'): StubAnswer => ({
  headers: { 'retry-after': retryAfter },
  body: { status: 'InProgress' },
});
const error = (status: number, code: string, headers: Record<string, string> = {}): StubAnswer => ({
  status,
  headers,
  body: { error: { code, message: `${code} it is.` } },
});

let arm: StubArm;
beforeEach(async () => {
  arm = await startStubArm();
});
afterEach(() => arm.close());

/**
 * Answers DELETE with a long-running operation, and its polls one after the other; the last answer repeats.
 */
function operation(...polls: StubAnswer[]) {
  arm.answer = (method) => {
    const headers = {
      'azure-asyncoperation': `${arm.url}/operations/1?api-version=1`,
      location: `${arm.url}/results/1?api-version=1`,
      'retry-after': '9',
    };
    if (method === 'DELETE') return { status: 202, headers };
    return (polls.length > 1 ? polls.shift() : polls[0]) ?? {};
  };
}
const remove = (token?: string) => removeSnapshot(arm.compute, { restorePointId }, token);
async function goOn(operationState: Awaited<ReturnType<typeof remove>>) {
  if (operationState.done) throw new Error('It is done.');
  return remove(operationState.token);
}

describe('a step that takes as long as Azure takes', () => {
  it('sends its request, polls once per call, and waits as long as the server asks', async () => {
    operation(running('17'), { body: { status: 'Succeeded' } });
    const begun = await remove();
    expect(begun).toMatchObject({ done: false, retryAfterSeconds: 9 });
    expect(arm.seen).toHaveLength(1);
    const polled = await goOn(begun);
    expect(polled).toMatchObject({ done: false, retryAfterSeconds: 17 });
    expect(arm.seen).toHaveLength(2);
    expect(await goOn(polled)).toEqual({ done: true, result: { removed: true } });
    expect(arm.seen).toHaveLength(3);
  });

  it('goes on in another process: everything it needs is in the token, which is small and JSON', async () => {
    operation(running('1'), { body: { status: 'Succeeded' } });
    const begun = await remove();
    if (begun.done) throw new Error('It is done.');
    expect(JSON.parse(begun.token)).toMatchObject({ version: 2 });
    expect(begun.token.length).toBeLessThan(2000);
  });

  it('takes several turns at once when the server asks for no wait, but not for ever', async () => {
    operation(running('0'));
    arm.answer = ((before) => (method, path, query) => {
      const answer = before(method, path, query);
      return { ...answer, headers: { ...answer.headers, 'retry-after': '0' } };
    })(arm.answer);
    expect(await remove()).toMatchObject({ done: false, retryAfterSeconds: 0 });
    expect(arm.seen.length).toBeLessThan(20);
  });

  it('polls no more often than every ten seconds when the server does not say: the budget of one VM is small', async () => {
    operation({ body: { status: 'InProgress' } });
    const polled = await goOn(await remove());
    expect(polled).toMatchObject({ done: false, retryAfterSeconds: 10 });
  });

  it('understands an operation that only has a Location', async () => {
    const polls: StubAnswer[] = [{ status: 202, headers: { 'retry-after': '4' } }, { status: 204 }];
    arm.answer = (method) =>
      method === 'DELETE'
        ? { status: 202, headers: { location: `${arm.url}/results/1?api-version=1`, 'retry-after': '2' } }
        : (polls.shift() ?? {});
    const polled = await goOn(await remove());
    expect(polled).toMatchObject({ done: false, retryAfterSeconds: 4 });
    expect(await goOn(polled)).toEqual({ done: true, result: { removed: true } });
  });

  it.each(['Failed', 'Canceled'])('tells the cause of an operation that ended with %s', async (status) => {
    operation({
      body: {
        status,
        error: { code: 'ScopeLocked', message: 'There is a lock.', innererror: { code: 'x' } },
      },
    });
    expect(await failureOf(remove().then(goOn))).toMatchObject({
      step: 'clean up',
      code: 'ResourceLocked',
      message: 'ScopeLocked: There is a lock.',
    });
  });

  it.each([
    ['a request that is throttled', error(429, 'TooManyRequests', { 'retry-after': '33' }), 33],
    ['a server that is busy', error(503, 'ServiceUnavailable', { 'retry-after': '5' }), 5],
    ['a server error that does not say how long', error(500, 'InternalServerError'), 10],
  ])('takes %s for a wait, not for a failure', async (_, answer, seconds) => {
    arm.answer = () => answer;
    const told = await remove();
    expect(told).toMatchObject({ done: false, retryAfterSeconds: seconds });
    operation({ body: { status: 'Succeeded' } });
    expect(await goOn(await goOn(told))).toMatchObject({ done: true });
  });

  it('keeps its place when a poll is throttled', async () => {
    operation(error(429, 'TooManyRequests', { 'retry-after': '2' }), { body: { status: 'Succeeded' } });
    const throttled = await goOn(await remove());
    expect(throttled).toMatchObject({ done: false, retryAfterSeconds: 2 });
    expect(await goOn(throttled)).toMatchObject({ done: true });
    expect(arm.seen.filter((request) => request.startsWith('DELETE'))).toHaveLength(1);
  });

  it('gives a server up that only has errors, and waits longer each time before', async () => {
    arm.answer = () => error(500, 'InternalServerError');
    const waits: number[] = [];
    let state = await remove();
    const failure = await failureOf(
      (async () => {
        for (;;) {
          if (state.done) return;
          waits.push(state.retryAfterSeconds);
          state = await remove(state.token);
        }
      })(),
    );
    expect(failure).toMatchObject({ code: 'ComputeUnavailable', retryable: true });
    expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it('takes a broken connection for a server that is not there at the moment', async () => {
    const begun = await remove();
    expect(begun).toMatchObject({ done: true });
    await arm.close();
    expect(await remove()).toMatchObject({ done: false, retryAfterSeconds: 10 });
    arm = await startStubArm();
  });

  it('ends at its limit, whatever the server says', async () => {
    operation(running());
    const begun = await remove();
    if (begun.done) throw new Error('It is done.');
    const late = JSON.stringify({ ...JSON.parse(begun.token), deadline: 0 });
    expect(await failureOf(remove(late))).toMatchObject({
      code: 'ComputeOperationTimedOut',
      step: 'clean up',
    });
  });

  it('looks for itself when Azure has forgotten the operation', async () => {
    operation(error(404, 'NotFound'), { body: { status: 'Succeeded' } });
    const forgotten = await goOn(await remove());
    expect(forgotten).toMatchObject({ done: false });
    expect(await goOn(forgotten)).toMatchObject({ done: true });
    expect(arm.seen.filter((request) => request.startsWith('DELETE'))).toHaveLength(2);
  });

  it('never follows a link to another host with its token', async () => {
    operation({ body: { status: 'Succeeded' } });
    const begun = await remove();
    if (begun.done) throw new Error('It is done.');
    const elsewhere = begun.token.replaceAll(new URL(arm.url).host, '127.0.0.2:9');
    expect(await failureOf(remove(elsewhere))).toMatchObject({
      code: 'ComputeEndpointRefused',
      message: expect.stringContaining('127.0.0.2'),
    });
  });

  it('never polls an operation again that ended as failed: it begins another one after a back-off', async () => {
    operation({ body: { status: 'Failed', error: { code: 'InternalServerError', message: 'x' } } });
    const failed = await goOn(await remove());
    expect(failed).toMatchObject({ done: false, retryAfterSeconds: 10 });
    expect(JSON.parse(failed.done ? '' : failed.token)).not.toHaveProperty('pending');
    operation({ body: { status: 'Succeeded' } });
    expect(await goOn(await goOn(failed))).toEqual({ done: true, result: { removed: true } });
    expect(arm.seen.filter((request) => request.startsWith('DELETE'))).toHaveLength(2);
  });

  it('knows the end of an operation that only has a Location, too', async () => {
    const polls = [error(409, 'RetryableError'), error(409, 'ScopeLocked')];
    arm.answer = (method) =>
      method === 'DELETE'
        ? { status: 202, headers: { location: `${arm.url}/results/1?api-version=1`, 'retry-after': '2' } }
        : (polls.shift() ?? {});
    const failed = await goOn(await remove());
    expect(failed).toMatchObject({ done: false, retryAfterSeconds: 10 });
    expect(await failureOf(goOn(failed).then(goOn))).toMatchObject({ code: 'ResourceLocked' });
    expect(arm.seen.filter((request) => request.startsWith('DELETE'))).toHaveLength(2);
  });

  describe('of which a stage begins one operation after the other', () => {
    /** Sends as many requests as it is told to, one after the other. */
    const sendAll = longRunningStep<{ count: number; final?: boolean }, { sent: number }, 'sent'>({
      step: 'clean up',
      limitSeconds: 3600,
      memo: { sent: 0 },
      stages: {
        async start({ compute, memo, input }: StageContext<{ count: number }, { sent: number }>) {
          if (memo.sent === input.count) return finished(memo);
          const request = { method: 'DELETE', path: '/thing?api-version=1' } as const;
          return waitFor(await beginRaw(compute, SUBSCRIPTION, request, 'clean up'), 'sent', memo);
        },
        async sent({ memo }: StageContext<unknown, { sent: number }>) {
          return { done: false, stage: 'start', memo: { sent: memo.sent + 1 } };
        },
      },
      whenFailed: {
        async sent({ input }: StageContext<{ final?: boolean }, object>, failure) {
          if (input.final) throw failure;
          return undefined;
        },
      },
    });
    const failed: StubAnswer = { body: { status: 'Failed', error: { code: 'InternalServerError' } } };
    const succeeded: StubAnswer = { body: { status: 'Succeeded' } };

    it('counts the failures of each for itself', async () => {
      const round = [failed, failed, failed, succeeded];
      operation(...round, ...round, ...round);
      const { result } = await complete(sendAll, arm.compute, { count: 3 });
      expect(result).toEqual({ sent: 3 });
    });

    it('takes what a stage makes of a failed one for final, whatever the cause', async () => {
      operation(failed);
      const failure = await failureOf(complete(sendAll, arm.compute, { count: 1, final: true }));
      expect(failure).toMatchObject({ code: 'ComputeUnavailable' });
      expect(arm.seen).toHaveLength(2);
    });
  });

  it('takes up the token of a version that did not note what had begun an operation, and begins anew', async () => {
    operation({ body: { status: 'Failed', error: { code: 'InternalServerError', message: 'x' } } });
    const begun = await remove();
    if (begun.done) throw new Error('It is done.');
    const { begunBy: _by, failures: _none, ...old } = JSON.parse(begun.token);
    const failed = await remove(JSON.stringify({ ...old, version: 1 }));
    expect(failed).toMatchObject({ done: false, retryAfterSeconds: 10 });
    operation({ body: { status: 'Succeeded' } });
    expect(await goOn(await goOn(failed))).toEqual({ done: true, result: { removed: true } });
  });

  it.each(['', 'null', '{}', '{"version":3}'])('refuses what is no token: %s', async (token) => {
    await expect(remove(token)).rejects.toThrow(/not one of the step/);
  });

  it('asks once more when it is late: the operation may have ended long before', async () => {
    operation({ body: { status: 'Succeeded' } });
    const begun = await remove();
    if (begun.done) throw new Error('It is done.');
    const late = JSON.stringify({ ...JSON.parse(begun.token), deadline: 0 });
    expect(await remove(late)).toEqual({ done: true, result: { removed: true } });
  });

  it('refuses the token of another step', async () => {
    operation(running());
    const begun = await remove();
    if (begun.done) throw new Error('It is done.');
    const ref = { subscriptionId: SUBSCRIPTION, resourceGroup: 'rg', name: 'vm' };
    await expect(ensureExtension(arm.compute, { ref, os: 'Linux' }, begun.token)).rejects.toThrow(
      /not one of the step/,
    );
  });
});
