import { begin, type Cases } from './case';

/** How one instance is doing, and lists of them. */
export const looking: Cases = {
  'status-forms': async ({ start, done, look, note }, id) => {
    await start('outputs', id, { what: 'object' });
    await done(id);
    const queries = ['', '?showInput=false', '?showInput=0', '?showHistory=true', '?showHistory=yes'];
    for (const query of [...queries, '?showHistory=true&showHistoryOutput=true'])
      note(query, await look(id, query));
    note('unknown', await look(`${id}-nobody`));
  },
  'status-running': async (tools, id) => {
    await begin(tools, 'event', id, { a: 1 });
    tools.note('history', await tools.look(id, '?showHistory=true'));
    tools.note('plain', await tools.look(id));
  },
  'status-failed': async ({ start, done, look, note }, id) => {
    await start('failUncaught', id, { message: 'boom' });
    await done(id);
    note('plain', await look(id));
    note('asError', await look(id, '?returnInternalServerErrorOnFailure=true'));
  },
  'status-child': async (tools, id) => {
    await tools.start('parent', id, null);
    await tools.is(`${id}-child`, 'Running');
    tools.note('child', (await tools.look(`${id}-child`)).body);
    tools.note('parent', (await tools.look(id)).body);
  },
  list: async ({ start, done, call, note }, id) => {
    for (const n of [1, 2, 3, 4]) await start('outputs', `${id}-${n}`, { what: 'text' });
    await start('failUncaught', `${id}-5`, { message: 'x' });
    for (const n of [1, 2, 3, 4, 5]) await done(`${id}-${n}`);
    const list = (query: string, token?: string) =>
      call('GET', `instances?${query}`, { headers: token ? { 'x-ms-continuation-token': token } : {} });
    const all = await list(`instanceIdPrefix=${id}-`);
    note('all', {
      ...all,
      body: all.body.map(({ instanceId }: { instanceId: string }) => instanceId).sort(),
    });
    note('noInput', await list(`instanceIdPrefix=${id}-1&showInput=false`));
    note('failed', await list(`instanceIdPrefix=${id}-&runtimeStatus=Failed`));
    note('two', (await list(`instanceIdPrefix=${id}-&runtimeStatus=Failed,Completed`)).body.length);
    note('badStatus', (await list(`instanceIdPrefix=${id}-&runtimeStatus=Nonsense`)).body.length);
    note('oneBadStatus', (await list(`instanceIdPrefix=${id}-&runtimeStatus=Nonsense,Failed`)).body.length);
    note('badDate', (await list(`instanceIdPrefix=${id}-&createdTimeFrom=nonsense`)).body.length);
    note('future', await list('createdTimeFrom=2090-01-01T00:00:00Z'));
    note('badToken', await list('', 'nonsense'));
    note('none', await list(`instanceIdPrefix=${id}-nobody`));
    const pages = [];
    let token: string | undefined;
    do {
      const page = await list(`instanceIdPrefix=${id}-&top=2`, token);
      token = page.headers['x-ms-continuation-token'];
      pages.push(page.body.length);
    } while (token);
    note('pages', pages);
  },
  'purge-none': async ({ call, note }) => {
    note('noFrom', await call('DELETE', 'instances'));
    note('none', await call('DELETE', 'instances?createdTimeFrom=2090-01-01T00:00:00Z'));
    note('bad', await call('DELETE', 'instances?createdTimeFrom=nonsense'));
  },
};
