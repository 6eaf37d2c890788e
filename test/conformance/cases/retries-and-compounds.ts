import { type Cases, ends } from './case';

const ENDING = [
  ...['retrySucceeds', 'retryExhausts', 'retryOnce', 'retryUncaught', 'retrySub'],
  ...['allFine', 'allEmpty', 'allOneFails', 'allOneFailsUncaught', 'allTwoFail'],
  ...[
    'allSubs',
    'allSubOneFails',
    'anyTimerLoses',
    'anyTimerWins',
    'anyTimerWinsActivityRuns',
    'anyUncancelled',
  ],
  ...['anyRetryDrift', 'anyTwo', 'anyFails', 'nestedAll', 'pastTimer', 'timer'],
];

const EARLY_OF = 8;
const EARLY_MS = 1_990;
/** Between two readings of a clock. */
const SLACK_MS = 20;

/** Retries, Task.all, Task.any, timers, and the ids that drift among them. */
export const retriesAndCompounds: Cases = {
  ...Object.fromEntries(ENDING.map((name) => [name, ends(name, null)])),
  allDrift: async ({ start, done, note }, id) => {
    await start('allDrift', id, null);
    const { runtimeStatus, output } = await done(id);
    note('end', { runtimeStatus, isRight: output.after === 'after' });
  },
  retryTimeout: async ({ start, done, note }, id) => {
    await start('retryTimeout', id, null);
    const { runtimeStatus, output, timedOut } = await done(id, 8_000);
    note('end', { runtimeStatus, output, timedOut });
  },
  longTimer: async ({ start, heard, note, post, done }, id) => {
    await start('longTimer', id, null);
    note('waiting', await heard(id, 'TimerCreated'));
    await post(id, 'terminate?reason=enough');
    note('end', await done(id));
  },
  // The storage client cuts a message's delay to whole seconds, and a timer is a message.
  timerEarly: async ({ start, done, note }, id) => {
    const ids = Array.from({ length: EARLY_OF }, (_, n) => `${id}-${n}`);
    await Promise.all(ids.map((one) => start('timerFor', one, { ms: EARLY_MS })));
    const waited = await Promise.all(ids.map(async (one) => (await done(one)).output as number));
    note(
      'someEarly',
      waited.some((ms) => ms < EARLY_MS),
    );
    note(
      'byMoreThanASecond',
      waited.some((ms) => ms < EARLY_MS - 1_000 - SLACK_MS),
    );
  },
};
