import type { Cases, Tools } from './case';

/** Instances of a case with their states. */
async function left({ call }: Tools, id: string): Promise<string[]> {
  const { body } = await call('GET', `instances?instanceIdPrefix=${id}-`);
  return (body as { instanceId: string; runtimeStatus: string }[])
    .map(({ instanceId, runtimeStatus }) => `${instanceId} ${runtimeStatus}`)
    .sort();
}

/** Starts one instance of each state, `<id>-<state>`. @returns the query for what was created since. */
async function oneOfEach({ start, post, is }: Tools, id: string): Promise<string> {
  const from = new Date().toISOString();
  await start('event', `${id}-Running`, null);
  await start('nothing', `${id}-Completed`, null);
  await start('failUncaught', `${id}-Failed`, {});
  for (const [state, verb] of Object.entries({ Suspended: 'suspend', Terminated: 'terminate' })) {
    await start('event', `${id}-${state}`, null);
    await is(`${id}-${state}`, 'Running');
    await post(`${id}-${state}`, `${verb}?reason=x`);
  }
  for (const state of ['Running', 'Completed', 'Failed', 'Suspended', 'Terminated'])
    await is(`${id}-${state}`, state);
  return `instances?createdTimeFrom=${from}`;
}

const WITH: Record<string, string> = {
  noStatus: '',
  running: '&runtimeStatus=Running',
  runningAndFailed: '&runtimeStatus=Running,Failed',
  failed: '&runtimeStatus=Failed',
  ended: '&runtimeStatus=Completed,Failed,Terminated,Canceled',
  nonsense: '&runtimeStatus=Nonsense',
  pending: '&runtimeStatus=Pending',
  to: `&createdTimeTo=2090-01-01T00:00:00Z&runtimeStatus=Completed`,
};

/** Purging many at once. One after another, and alone: a purge takes what others have left. */
export const purging: Cases = {
  ...Object.fromEntries(
    Object.entries(WITH).map(([label, query]) => [
      `purgeBy-${label}`,
      async (tools: Tools, id: string) => {
        const since = await oneOfEach(tools, id);
        tools.note('before', await left(tools, id));
        tools.note('purge', await tools.call('DELETE', `${since}${query}`));
        tools.note('left', await left(tools, id));
      },
    ]),
  ),
  'purgeBy-sdk': async (tools, id) => {
    const since = await oneOfEach(tools, id);
    const createdTimeFrom = since.slice(since.indexOf('=') + 1);
    const runtimeStatus = ['Completed', 'Terminated'];
    const createdTimeTo = '2090-01-01T00:00:00Z';
    tools.note(
      'purge',
      await tools.sdk('purgeInstanceHistoryBy', { createdTimeFrom, createdTimeTo, runtimeStatus }),
    );
    tools.note('left', await left(tools, id));
  },
};
