import { begin, type Case, type Cases, each } from './case';

const INPUTS = {
  noInput: {},
  text: { input: 'text' },
  five: { input: 5 },
  true: { input: true },
  null: { input: null },
  object: { input: { a: '2030-01-01T00:00:00.120Z' } },
  empty: { input: '' },
  false: { input: false },
  jsonText: { input: '{"a":1}' },
};
const RAISED: Record<string, unknown[]> = {
  none: [],
  null: [null],
  text: ['text'],
  date: ['2030-01-01T00:00:00.120Z'],
  false: [false],
  zero: [0],
  object: [{ a: 1 }],
};
const LATER = '2090-01-01T00:00:00Z';

/** What the SDK's client makes of the answers. */
export const sdkClient: Cases = {
  ...each(
    'sdk-start',
    INPUTS,
    (given): Case =>
      async ({ sdk, done, note }, id) => {
        note('start', await sdk('startNew', 'describeSub', { instanceId: id, ...given }));
        note('end', await done(id));
      },
  ),
  'sdk-startOdd': async ({ sdk, is, note }, id) => {
    note('first', await sdk('startNew', 'event', { instanceId: id }));
    await is(id, 'Running');
    note('second', await sdk('startNew', 'event', { instanceId: id }));
    note('unknown', await sdk('startNew', 'isNotThere', { instanceId: `${id}-u` }));
    note('badId', await sdk('startNew', 'event', { instanceId: 'a/b' }));
    note('idLength', (await sdk('startNew', 'nothing')).result?.length);
  },
  ...each(
    'sdk-raise',
    RAISED,
    (data): Case =>
      async (tools, id) => {
        await begin(tools, 'event', id);
        tools.note('raise', await tools.sdk('raiseEvent', id, 'go', ...data));
        tools.note('end', await tools.done(id, data.length === 0 ? 4_000 : undefined));
      },
  ),
  'sdk-raiseLate': async ({ start, done, sdk, note }, id) => {
    await start('nothing', id, null);
    await done(id);
    note('unknown', await sdk('raiseEvent', `${id}-nobody`, 'go', 1));
    note('finished', await sdk('raiseEvent', id, 'go', 1));
  },
  'sdk-manage': async (tools, id) => {
    const { sdk, is, done, note } = tools;
    await begin(tools, 'event', id);
    note('status', await sdk('getStatus', id));
    note(
      'history',
      await sdk('getStatus', id, { showHistory: true, showHistoryOutput: true, showInput: false }),
    );
    note('unknown', await sdk('getStatus', `${id}-nobody`));
    note('suspend', await sdk('suspend', id, 'why & how'));
    note('suspended', await is(id, 'Suspended'));
    note('suspend again', await sdk('suspend', id, 'x'));
    note('resume', await sdk('resume', id, 'go'));
    await is(id, 'Running');
    note('resume again', await sdk('resume', id, 'x'));
    note('purge alive', await sdk('purgeInstanceHistory', id));
    note('terminate', await sdk('terminate', id, 'why & how'));
    note('end', await done(id));
  },
  'sdk-manageEnded': async ({ start, done, sdk, note }, id) => {
    await start('nothing', id, null);
    await done(id);
    note('terminate', await sdk('terminate', id, 'x'));
    note('terminate unknown', await sdk('terminate', `${id}-nobody`, 'x'));
    note('rewind', await sdk('rewind', id, 'x'));
    note('rewind unknown', await sdk('rewind', `${id}-nobody`, 'x'));
    note('purge', await sdk('purgeInstanceHistory', id));
    note('purge again', await sdk('purgeInstanceHistory', id));
    note('by', await sdk('getStatusBy', { createdTimeFrom: LATER, runtimeStatus: ['Failed'] }));
    note('purge by', await sdk('purgeInstanceHistoryBy', { createdTimeFrom: LATER }));
    note('payload', await sdk('createHttpManagementPayload', id));
  },
  'sdk-check': async ({ start, done, sdkAnswer, note }, id) => {
    const wait = { timeoutInMilliseconds: 800, retryIntervalInMilliseconds: 200 };
    await start('nothing', id, null);
    note('check', await sdkAnswer('check', id));
    await done(id);
    note('done', await sdkAnswer('waitFor', id, wait));
    await start('event', `${id}-e`, null);
    note('late', await sdkAnswer('waitFor', `${id}-e`, wait));
    await start('failUncaught', `${id}-f`, { message: 'boom' });
    await done(`${id}-f`);
    note('failed', await sdkAnswer('waitFor', `${id}-f`, wait));
  },
};
