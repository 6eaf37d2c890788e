import { faultsOf, type HubTables } from './support/hub-tables';

// What the demos on the engine assert of the hub's own tables.

type Row = HubTables['history'][number];

const hub = (history: Row[], instances: Row[] = []): HubTables => ({
  instances: [{ PartitionKey: 'a', RuntimeStatus: 'Completed' }, ...instances],
  history: history.map((row, n) => ({ PartitionKey: 'a', RowKey: String(n).padStart(6, '0'), ...row })),
});
const started = { EventType: 'OrchestratorStarted', _Timestamp: '2026-03-01T02:00:00.0000000Z' };
const timer = (FireAt: string) => ({ EventType: 'TimerCreated', FireAt });

test('a hub in which all has ended, with long enough timers and small values, has no fault', () => {
  expect(faultsOf(hub([started, timer('2026-03-01T02:00:02Z'), { Result: 'x'.repeat(20_000) }]))).toEqual([]);
});

test.each([
  ['an instance that runs', hub([], [{ PartitionKey: 'b', RuntimeStatus: 'Running' }]), 'b is Running'],
  ['a long history', hub(Array.from({ length: 1_001 }, () => ({}))), 'a has 1001 events'],
  ['a SAS', hub([{ Result: 'http://h/d?sv=1&sig=abc' }]), 'a holds a SAS or a key'],
  ['a key', hub([{ Input: 'AccountName=a;AccountKey=abc' }]), 'a holds a SAS or a key'],
  [
    'non-determinism',
    hub(
      [],
      [{ PartitionKey: 'b', RuntimeStatus: 'Failed', Output: 'Non-Deterministic workflow detected: …' }],
    ),
    'b is not deterministic',
  ],
  ['a timer of one second', hub([started, timer('2026-03-01T02:00:01Z')]), 'a has a timer of 1000 ms'],
  ['a value that went to a blob', hub([{ ResultBlobName: 'x' }]), 'a has a value that is too large'],
])('%s is a fault', (_what, tables, fault) => {
  expect(faultsOf(tables)).toEqual([expect.stringContaining(fault)]);
});
