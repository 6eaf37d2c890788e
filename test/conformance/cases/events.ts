import { begin, type Cases, each } from './case';

const DATA = {
  object: { a: 1, when: '2030-01-01T00:00:00.120Z' },
  text: 'text',
  dateText: '2030-01-01T00:00:00.120Z',
  fiveText: '5',
  number: 5,
  true: true,
  false: false,
  zero: 0,
  empty: '',
  array: [1],
  null: null,
};

/** How long is looked at what may stay as it is for ever. */
const WATCH_MS = 4_000;

/** External events. */
export const events: Cases = {
  ...each('event', DATA, (data) => async (tools, id) => {
    await begin(tools, 'event', id);
    tools.note('raise', await tools.raise(id, 'go', data));
    tools.note('end', await tools.done(id));
  }),
  'event-noBody': async (tools, id) => {
    const { call, done, note } = tools;
    await begin(tools, 'event', id);
    note('raise', await call('POST', `instances/${id}/raiseEvent/go`));
    const headers = { 'content-type': 'application/json' };
    note('raiseTyped', await call('POST', `instances/${id}/raiseEvent/go`, { headers }));
    note('end', await done(id, WATCH_MS));
  },
  'event-badJson': async (tools, id) => {
    const { call, done, note } = tools;
    const address = `instances/${id}/raiseEvent/go`;
    await begin(tools, 'event', id);
    note('raise', await call('POST', address, { body: '{a' }));
    note('type', await call('POST', address, { body: '{"a":1}', type: 'text/plain' }));
    note('noType', await call('POST', address, { body: Buffer.from('{"a":1}'), type: '' }));
    note('end', await done(id, WATCH_MS));
  },
  'event-otherCase': async (tools, id) => {
    await begin(tools, 'event', id);
    tools.note('raise', await tools.raise(id, 'GO', { a: 1 }));
    tools.note('still', await tools.heard(id, 'EventRaised'));
    tools.note('raiseAgain', await tools.raise(id, 'go', { a: 2 }));
    tools.note('end', await tools.done(id));
  },
  'event-otherCaseEarly': async (tools, id) => {
    await begin(tools, 'lateEvent', id);
    await tools.raise(id, 'GO', { a: 1 });
    await tools.heard(id, 'TimerFired');
    await tools.raise(id, 'go', { a: 2 });
    tools.note('end', await tools.done(id));
  },
  'event-before': async (tools, id) => {
    await begin(tools, 'lateEvent', id);
    tools.note('raise', await tools.raise(id, 'go', { a: 1 }));
    tools.note('end', await tools.done(id));
  },
  'event-unknownInstance': async ({ raise, note }, id) => {
    note('raise', await raise(`${id}-nobody`, 'go', { a: 1 }));
  },
  'event-twoWaiters': async (tools, id) => {
    await begin(tools, 'twoWaiters', id);
    await tools.raise(id, 'go', 1);
    await tools.heard(id, 'EventRaised');
    await tools.raise(id, 'go', 2);
    tools.note('end', await tools.done(id));
  },
  'event-three': async (tools, id) => {
    await begin(tools, 'threeInOrder', id);
    for (const n of [1, 2, 3]) {
      await tools.raise(id, 'go', n);
      await tools.heard(id, 'EventRaised', n);
    }
    tools.note('end', await tools.done(id));
  },
  'event-many': async (tools, id) => {
    const { raise, done, note } = tools;
    await begin(tools, 'threeInOrder', id);
    for (const n of [1, 2, 3]) await raise(id, 'go', n);
    const { runtimeStatus, output } = await done(id);
    // The queue does not keep the order of what comes at once.
    note('end', { runtimeStatus, output: [...output].sort() });
  },
  'event-any': async (tools, id) => {
    await begin(tools, 'anyEvent', id);
    await tools.raise(id, 'go', { a: 1 });
    tools.note('end', await tools.done(id));
  },
  'event-finished': async ({ start, done, raise, note }, id) => {
    await start('nothing', id, null);
    await done(id);
    note('raise', await raise(id, 'go', 1));
  },
  'event-big': async (tools, id) => {
    await begin(tools, 'event', id);
    tools.note('raise', await tools.raise(id, 'go', { text: 'x'.repeat(100_000) }));
    const { runtimeStatus, output } = await tools.done(id);
    tools.note('end', { runtimeStatus, length: output?.json?.length });
  },
};
