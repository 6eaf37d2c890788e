import { begin, type Cases, each, ends } from './case';

const NEXT = Object.fromEntries(
  ['text', 'true', 'null', 'number', 'undefined', 'date'].map((next) => [next, { next }]),
);

/** Orchestrations that continue as new. */
export const continueAsNew: Cases = {
  again: ends('again', { n: 1, last: 4 }),
  ...each('againWith', NEXT, (input) => ends('againWith', input)),
  againEvents: async (tools, id) => {
    await begin(tools, 'againEvents', id, { got: [] });
    for (const [n, letter] of ['a', 'b', 'c'].entries()) {
      await tools.raise(id, 'go', letter);
      await tools.until(id, ({ input, output }) => input.got.length === n + 1 || output !== null);
    }
    tools.note('end', await tools.done(id));
  },
  againLater: async ({ start, heard, done, until, note }, id) => {
    await start('againLater', id, { n: 1 });
    const { createdTime } = await heard(id, 'TimerCreated');
    const second = await until(id, ({ input, historyEvents }) => input.n === 2 && historyEvents.length > 1);
    note('customStatus', second.customStatus);
    const end = await done(id);
    note('end', end);
    note('isCreatedAnew', end.createdTime > createdTime);
  },
  againAndSub: ends('againAndSub', { n: 1 }),
  subAgain: ends('subAgain', null),
  againOpenTimer: ends('againOpenTimer', { n: 1 }),
};
