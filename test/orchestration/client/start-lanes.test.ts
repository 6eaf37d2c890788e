import { startLanes } from '../../../src/orchestration/client/start-lanes';
import { fakeClient } from '../../functions/support/fake-client';

const idsOf = (started: { id: string }[]) => started.map(({ id }) => id);

test('a backup that is due starts a lane although the first lanes are busy with long ones', async () => {
  const { client, started } = fakeClient(['lane-0', 'lane-2']);
  expect(await startLanes(client, 1, 20)).toBe(1);
  expect(await startLanes(client, 2, 20)).toBe(2);
  expect(idsOf(started)).toEqual(['lane-1', 'lane-3', 'lane-4']);
});

test('no more lanes run than the bound of the fleet, however much is due', async () => {
  const { client, started } = fakeClient(['lane-1']);
  expect(await startLanes(client, 500, 3)).toBe(2);
  expect(await startLanes(client, 500, 3)).toBe(0);
  expect(idsOf(started)).toEqual(['lane-0', 'lane-2']);
});

test('with nothing due no lane is started, nor asked for', async () => {
  const { client, started } = fakeClient();
  client.getStatus = () => Promise.reject(new Error('asked'));
  expect(await startLanes(client, 0, 20)).toBe(0);
  expect(started).toEqual([]);
});

test('a lane that rests is started again', async () => {
  const { client, end } = fakeClient(['lane-0']);
  expect(await startLanes(client, 1, 1)).toBe(0);
  end('lane-0');
  expect(await startLanes(client, 1, 1)).toBe(1);
});
