import { type Case, type Cases, each, type Status } from './case';

const STATUSES = {
  8000: { bytes: 8000 },
  8191: { bytes: 8191 },
  // 16 whole KB and 1022 bytes, with the quotes of the JSON; and one KB more.
  16: { bytes: (16 * 1024 + 1022) / 2 - 2 },
  17: { bytes: (17 * 1024) / 2 - 2 },
  20000: { bytes: 20000 },
  zero: { value: 0 },
  empty: { value: '' },
  false: { value: false },
  null: { value: null },
  date: { value: '2030-01-01T00:00:00.120Z' },
  object: { value: { when: '2030-01-01T00:00:00.120Z' } },
};
const BYTES = Object.fromEntries([20_000, 50_000, 200_000, 1_000_000].map((bytes) => [bytes, bytes]));

/** Custom status, and values that are large for a message. */
export const sizes: Cases = {
  ...each(
    'customStatus',
    STATUSES,
    (input): Case =>
      async ({ start, done, note }, id) => {
        await start('customStatus', id, input);
        note('end', short(await done(id)));
      },
  ),
  customStatusChanges: async ({ start, until, raise, done, note }, id) => {
    await start('customStatusChanges', id, null);
    note('two', await until(id, ({ customStatus }) => customStatus?.two));
    await raise(id, 'go', 1);
    note('end', await done(id));
  },
  ...each(
    'bigInput',
    BYTES,
    (bytes): Case =>
      async ({ start, done, note }, id) => {
        await start('bigInput', id, { text: 'x'.repeat(bytes) });
        const { runtimeStatus, output, input } = await done(id);
        note('end', { runtimeStatus, output, length: input?.text?.length });
      },
  ),
  ...each(
    'bigOutput',
    BYTES,
    (bytes): Case =>
      async ({ start, done, note }, id) => {
        await start('bigOutput', id, { bytes });
        const { runtimeStatus, output } = await done(id);
        note('end', { runtimeStatus, length: output?.length });
      },
  ),
  ...each(
    'bigResult',
    BYTES,
    (bytes): Case =>
      async ({ start, done, note }, id) => {
        await start('bigResult', id, { bytes });
        const { runtimeStatus, output } = await done(id);
        note('end', { runtimeStatus, output });
      },
  ),
  'fan-100': async ({ start, done, note }, id) => {
    await start('fan', id, { n: 100 });
    note('end', count(await done(id)));
  },
  'chain-30': async ({ start, done, note }, id) => {
    await start('chain', id, { n: 30 });
    note('end', count(await done(id)));
  },
};

function short(status: Status): Status {
  const { customStatus } = status;
  const isLong = typeof customStatus === 'string' && customStatus.length > 100;
  return isLong ? { ...status, customStatus: `${customStatus.length} characters` } : status;
}

const count = ({ runtimeStatus, output, historyEvents }: Status) => ({
  runtimeStatus,
  output,
  events: historyEvents?.length,
});
