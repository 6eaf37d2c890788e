import { begin, type Cases } from './case';

/** Terminate, suspend, resume, rewind and purge one instance. */
export const lifecycle: Cases = {
  'terminate-noReason': async (tools, id) => {
    await begin(tools, 'event', id);
    tools.note('terminate', await tools.post(id, 'terminate'));
    tools.note('end', await tools.done(id));
  },
  'terminate-odd': async (tools, id) => {
    await begin(tools, 'event', id);
    const reason = encodeURIComponent('a "quoted" & {"json":1} ');
    tools.note('terminate', await tools.post(id, `terminate?reason=${reason}`));
    tools.note('end', await tools.done(id));
  },
  'terminate-finished': async ({ start, done, post, look, note }, id) => {
    await start('nothing', id, null);
    await done(id);
    note('terminate', await post(id, 'terminate?reason=x'));
    note('unknown', await post(`${id}-nobody`, 'terminate?reason=x'));
    note('end', (await look(id)).body);
  },
  'terminate-get': async (tools, id) => {
    await begin(tools, 'event', id);
    tools.note('get', await tools.call('GET', `instances/${id}/terminate?reason=x`));
  },
  'terminate-withActivity': async (tools, id) => {
    await begin(tools, 'anyTimerWinsActivityRuns', id);
    await tools.post(id, 'terminate?reason=now');
    tools.note('end', (await tools.done(id)).runtimeStatus);
    // The activity ends after three seconds, and nobody is told.
    await tools.pause(4_000);
    tools.note('after', (await tools.look(id)).body);
  },
  suspend: async (tools, id) => {
    const { post, is, raise, heard, done, note } = tools;
    await begin(tools, 'event', id);
    note('suspend', await post(id, 'suspend?reason=pause'));
    note('suspended', await is(id, 'Suspended'));
    note('again', await post(id, 'suspend?reason=pause'));
    note('raise', await raise(id, 'go', 1));
    note('still', await heard(id, 'EventRaised'));
    note('resume', await post(id, 'resume?reason=go'));
    note('end', await done(id));
  },
  'suspend-events': async (tools, id) => {
    const { post, is, raise, heard, done, note } = tools;
    await begin(tools, 'threeInOrder', id);
    await post(id, 'suspend?reason=p');
    await is(id, 'Suspended');
    for (const n of [1, 2, 3]) {
      await raise(id, 'go', n);
      await heard(id, 'EventRaised', n);
    }
    await post(id, 'resume?reason=r');
    note('end', await done(id));
  },
  'suspend-timer': async (tools, id) => {
    const { post, is, heard, done, note } = tools;
    await begin(tools, 'timer', id);
    await post(id, 'suspend?reason=pause');
    await is(id, 'Suspended');
    note('still', await heard(id, 'TimerFired'));
    await post(id, 'resume?reason=go');
    note('end', await done(id));
  },
  'suspend-terminate': async (tools, id) => {
    const { post, is, done, note } = tools;
    await begin(tools, 'event', id);
    await post(id, 'suspend?reason=pause');
    await is(id, 'Suspended');
    note('terminate', await post(id, 'terminate?reason=end'));
    note('end', await done(id));
  },
  'suspend-noReason': async (tools, id) => {
    const { post, is, raise, done, note } = tools;
    await begin(tools, 'event', id);
    note('suspend', await post(id, 'suspend'));
    note('suspended', await is(id, 'Suspended'));
    note('resume', await post(id, 'resume'));
    await is(id, 'Running');
    await raise(id, 'go', 1);
    note('end', await done(id));
  },
  'resume-running': async (tools, id) => {
    const { post, look, done, note } = tools;
    await begin(tools, 'event', id);
    note('resume', await post(id, 'resume?reason=go'));
    note('after', (await look(id)).body);
    await post(id, 'terminate?reason=x');
    await done(id);
    for (const verb of ['suspend', 'resume']) {
      note(`${verb} finished`, await post(id, `${verb}?reason=x`));
      note(`${verb} unknown`, await post(`${id}-nobody`, `${verb}?reason=x`));
    }
  },
  'other-commands': async (tools, id) => {
    const { post, call, note } = tools;
    await begin(tools, 'event', id);
    note('odd', await post(id, 'nonsense'));
    note('put', await call('PUT', `instances/${id}`));
    note('path', await call('GET', `instances/${id}/x/y`));
    note('root', await call('GET', 'nonsense'));
    note('none', await call('GET', ''));
    note('makeprimary', await call('POST', 'makeprimary'));
    note('entities', await call('GET', 'entities'));
    note('entity', await call('GET', 'entities/counter/a'));
  },
  rewind: async ({ start, done, post, until, note }, id) => {
    await start('failUncaught', id, { message: 'boom' });
    await done(id);
    const rewound = await post(id, 'rewind?reason=again');
    note('rewind', rewound);
    const failedTwice = ({
      runtimeStatus,
      historyEvents,
    }: {
      runtimeStatus: string;
      historyEvents: { EventType: string }[];
    }) => runtimeStatus === 'Failed' && historyEvents.some(({ EventType }) => EventType === 'GenericEvent');
    if (rewound.status === 202) note('end', (await until(id, failedTwice)).runtimeStatus);
    note('unknown', await post(`${id}-nobody`, 'rewind?reason=x'));
    await start('nothing', `${id}-fine`, null);
    await done(`${id}-fine`);
    note('completed', await post(`${id}-fine`, 'rewind?reason=x'));
  },
  purge: async ({ start, done, call, look, note }, id) => {
    await start('nothing', id, null);
    await done(id);
    note('purge', await call('DELETE', `instances/${id}`));
    note('get', await look(id));
    note('again', await call('DELETE', `instances/${id}`));
  },
  'purge-alive': async (tools, id) => {
    await begin(tools, 'event', id);
    tools.note('purge', await tools.call('DELETE', `instances/${id}`));
    tools.note('get', (await tools.look(id)).body);
  },
};
