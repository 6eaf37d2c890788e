import path from 'node:path';
import { startEngine } from './support/hosts';
import { type HostUnderTest, pause, toolsFor } from './support/tools';

// What the local host leaves out and sends people to the engine for, in an app that is not this project's.

let host: HostUnderTest;
beforeAll(async () => {
  host = await startEngine(path.join(__dirname, 'beyond-app'));
});
afterAll(() => host.close());

const counter = async (method: string, key: string) =>
  (await (await fetch(`${host.url}/api/counter/${key}`, { method })).json()) as {
    entityExists: boolean;
    entityState: unknown;
  };

test('an orchestrator signals an entity, calls it, and hears what it answers', async () => {
  const { start, done } = toolsFor(host, {});
  await start('counts', 'one', { key: 'a' });
  const { runtimeStatus, output } = await done('one');
  expect([runtimeStatus, output]).toEqual(['Completed', 5]);
});

test('a client signals an entity, and reads its state once it has heard', async () => {
  expect(await counter('GET', 'b')).toEqual({ entityExists: false });
  let state = await counter('POST', 'b');
  while (!state.entityExists) {
    await pause(host.lookEveryMs);
    state = await counter('GET', 'b');
  }
  expect(state.entityState).toBe(4);
});

test('an orchestrator asks a web address', async () => {
  const { start, done } = toolsFor(host, {});
  await start('asksWeb', 'web', { url: `${host.url}/api/counter/nobody` });
  const { runtimeStatus, output } = await done('web');
  expect([runtimeStatus, output]).toEqual([
    'Completed',
    { statusCode: 200, content: '{"entityExists":false}' },
  ]);
});
