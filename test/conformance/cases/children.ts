import { begin, type Cases } from './case';

/** Parents and their children. */
export const children: Cases = {
  'sameChild-alive': async (tools, id) => {
    const { start, heard, look, raise, done, note } = tools;
    await begin(tools, 'event', `${id}-shared`);
    await start('sameChild', id, { id: `${id}-shared` });
    // How far the parent is just then is a matter of time; its history stands in its end.
    await heard(id, 'SubOrchestrationInstanceCreated');
    note('child', (await look(`${id}-shared`)).body);
    await raise(`${id}-shared`, 'go', 1);
    note('end', await done(id, 8_000));
  },
  'sameChild-finished': async (tools, id) => {
    const { start, is, raise, done, note } = tools;
    await start('nothing', `${id}-shared`, null);
    await done(`${id}-shared`);
    await start('sameChild', id, { id: `${id}-shared` });
    await is(`${id}-shared`, 'Running');
    await raise(`${id}-shared`, 'go', 1);
    note('end', await done(id));
    note('child', await done(`${id}-shared`));
  },
  defaultChildId: async ({ start, done, call, note }, id) => {
    await start('defaultChildId', id, null);
    note('end', await done(id));
    const { body } = await call('GET', 'instances?top=1000');
    const made = body as { instanceId: string; name: string; parentInstanceId?: string }[];
    note('children', [
      ...new Set(made.map(({ instanceId }) => instanceId).filter((child) => /:\d+$/.test(child))),
    ]);
  },
  'terminate-parent': async (tools, id) => {
    const { start, is, post, done, look, raise, note } = tools;
    await start('parent', id, null);
    await is(`${id}-child`, 'Running');
    note('terminate', await post(id, 'terminate?reason=enough'));
    note('end', await done(id));
    note('child', (await look(`${id}-child`)).body);
    note('raise', await raise(`${id}-child`, 'go', 1));
    note('childEnd', await done(`${id}-child`));
    note('parentAfter', (await look(id)).body);
  },
  'terminate-child': async (tools, id) => terminateChild(tools, id, 'parent'),
  'terminate-child-caught': async (tools, id) => terminateChild(tools, id, 'parentCatches'),
  'purge-child': async ({ start, is, raise, done, call, look, note }, id) => {
    await start('parent', id, null);
    await is(`${id}-child`, 'Running');
    await raise(`${id}-child`, 'go', 1);
    await done(id);
    note('purge', await call('DELETE', `instances/${id}`));
    note('child', (await look(`${id}-child`)).body);
  },
  'restart-child': async ({ start, is, raise, done, post, note }, id) => {
    const child = `${id}-child`;
    await start('parent', id, null);
    await is(child, 'Running');
    await raise(child, 'go', 1);
    await done(id);
    note('again', (await post(child, 'restart?restartWithNewInstanceId=false')).status);
    await is(child, 'Running');
    await raise(child, 'go', 2);
    note('child', await done(child));
  },
};

async function terminateChild(
  tools: Parameters<Cases[string]>[0],
  id: string,
  parent: string,
): Promise<void> {
  const { start, is, post, done, note } = tools;
  await start(parent, id, null);
  await is(`${id}-child`, 'Running');
  note('terminate', await post(`${id}-child`, 'terminate?reason=enough'));
  note('child', await done(`${id}-child`));
  note('end', await done(id));
}
