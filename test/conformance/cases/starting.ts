import { begin, type Cases, type Status } from './case';

/** When the execution of which the history tells began. */
const startOf = ({ historyEvents = [] }: Status): string | undefined =>
  historyEvents.find(({ EventType }: { EventType: string }) => EventType === 'ExecutionStarted')?.Timestamp;

/** Starting instances, waiting for them, and starting them again. */
export const starting: Cases = {
  'start-links': async ({ start, note }, id) => {
    note('start', await start('nothing', id, null));
  },
  'start-duplicate': async (tools, id) => {
    const { start, post, is, done, until, note } = tools;
    await begin(tools, 'event', id);
    note('running', await start('event', id, null));
    await post(id, 'suspend');
    await is(id, 'Suspended');
    note('suspended', await start('event', id, null));
    await post(id, 'terminate?reason=x');
    await done(id);
    note('terminated', await start('nothing', id, { second: true }));
    note(
      'end',
      await until(id, ({ input, runtimeStatus }) => input?.second && runtimeStatus === 'Completed'),
    );
  },
  'start-afterFailure': async ({ start, done, is, note }, id) => {
    await start('failUncaught', id, { message: 'boom' });
    await done(id);
    note('start', (await start('nothing', id, null)).status);
    note('end', await is(id, 'Completed'));
  },
  'start-noSuchFunction': async ({ start, done, note }, id) => {
    for (const [kind, name] of Object.entries({ unknown: 'isNotThere', activity: 'echo', http: 'sdk' })) {
      note(kind, (await start(name, `${id}-${kind}`, null)).status);
      note(`${kind} end`, await done(`${id}-${kind}`));
    }
  },
  'start-ids': async ({ start, done, note }, id) => {
    const odd = {
      at: `@${id}`,
      slash: `${id}%2Fx`,
      hash: `${id}%23x`,
      question: `${id}%3Fx`,
      backslash: `${id}%5Cx`,
    };
    for (const [label, name] of Object.entries({ ...odd, control: `${id}%01x`, colon: `${id}:x` }))
      note(label, await start('nothing', name, null));
    note('257', (await start('nothing', 'L'.repeat(257), null)).status);
    note('256', (await start('nothing', 'M'.repeat(256), null)).status);
    for (const [label, name] of Object.entries({
      space: `${id}%20x`,
      unicode: `${id}-%C3%BC`,
      letter: 'q',
    })) {
      note(label, await start('nothing', name, null));
      note(`${label} end`, (await done(name)).instanceId);
    }
  },
  'start-bodies': async ({ call, note }, id) => {
    const address = `orchestrators/nothing/${id}`;
    note('badJson', await call('POST', `${address}-b`, { body: '{a' }));
    note('textType', (await call('POST', `${address}-t`, { body: '{"a":1}', type: 'text/plain' })).status);
    note('noBody', (await call('POST', `${address}-n`)).status);
    note('get', await call('GET', `${address}-g`));
    note('noName', await call('POST', 'orchestrators', { body: '{}' }));
  },
  'start-otherCase': async ({ start, done, note }, id) => {
    await start('NOTHING', id, null);
    note('end', await done(id));
  },
  'start-version': async ({ start, done, note }, id) => {
    note('start', (await start('nothing', id, null, '?version=2.0')).status);
    note('end', await done(id, 8_000));
  },
  'start-noId': async ({ call, note }) => {
    const answer = await call('POST', 'orchestrators/nothing', { body: 'null' });
    note('start', answer);
    note('shape', String(answer.body.id).replace(/[0-9a-f]/g, 'h'));
  },
  'wait-completes': async ({ start, note }, id) => {
    note('answer', await start('outputs', id, { what: 'object' }, '?timeout=50&pollingInterval=0.2'));
  },
  'wait-fails': async ({ start, note }, id) => {
    note('answer', await start('failUncaught', id, { message: 'boom' }, '?timeout=50&pollingInterval=0.2'));
    const asError = '?timeout=50&pollingInterval=0.2&returnInternalServerErrorOnFailure=true';
    note('asError', await start('failUncaught', `${id}-500`, { message: 'boom' }, asError));
  },
  'wait-late': async ({ start, note }, id) => {
    note('answer', await start('event', id, null, '?timeout=1&pollingInterval=0.2'));
  },
  'wait-terminated': async ({ start, is, post, note }, id) => {
    const answer = start('event', id, null, '?timeout=50&pollingInterval=0.2');
    await is(id, 'Running');
    await post(id, 'terminate?reason=x');
    note('answer', await answer);
  },
  'wait-odd': async ({ start, note }, id) => {
    note('interval', await start('nothing', id, null, '?timeout=5&pollingInterval=10'));
    note('zero', await start('nothing', `${id}-z`, null, '?timeout=0'));
    note('word', await start('nothing', `${id}-w`, null, '?timeout=abc'));
  },
  restart: async ({ start, done, post, until, note }, id) => {
    await start('outputs', id, { what: 'object' });
    const before = startOf(await done(id));
    const again = await post(id, 'restart');
    note('restart', again);
    const { runtimeStatus, input, output, name } = await done(again.body.id);
    note('end', { runtimeStatus, input, output, name });
    note('same', await post(id, 'restart?restartWithNewInstanceId=false'));
    const isNew = (status: Status) => status.runtimeStatus === 'Completed' && startOf(status) !== before;
    note('sameEnd', await until(id, isNew));
    note('unknown', await post(`${id}-nobody`, 'restart'));
  },
  'restart-alive': async (tools, id) => {
    await begin(tools, 'event', id);
    tools.note('same', await tools.post(id, 'restart?restartWithNewInstanceId=false'));
  },
};
