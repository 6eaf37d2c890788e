import type { DurableClient } from 'durable-functions';
import { purgeEnded } from '../../../src/orchestration/client/purge-ended';

test('a purge of many always names the states in which orchestrations have ended, and no other', async () => {
  const asked: unknown[] = [];
  const client = {
    purgeInstanceHistoryBy: async (filter: unknown) => {
      asked.push(filter);
      return { instancesDeleted: 3 };
    },
  } as unknown as DurableClient;
  const [from, to] = [new Date(0), new Date(1)];
  expect(await purgeEnded(client, from, to)).toBe(3);
  const runtimeStatus = ['Completed', 'Failed', 'Terminated', 'Canceled'];
  expect(asked).toEqual([{ createdTimeFrom: from, createdTimeTo: to, runtimeStatus }]);
});
