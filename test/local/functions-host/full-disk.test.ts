import { DatabaseSync } from 'node:sqlite';
import type { Host } from '../../../local/functions-host';
import { runHost, until } from './support/hosts';

/** SQLite itself says that the disk is full: its database may not grow any more. */

const LARGE = { n: 'x'.repeat(100_000) };
const ROOM = 'There is no room left on the disk that holds the state folder.';

let host: Host;
let log: string[];
let database: DatabaseSync;

beforeEach(async () => {
  log = [];
  const exec = jest.spyOn(DatabaseSync.prototype, 'exec');
  host = await runHost('basic-app', {
    log: (_level, source, message) => void log.push(`${source}: ${message}`),
  });
  database = exec.mock.contexts[0] as DatabaseSync;
  exec.mockRestore();
});

const pages = (count: number | bigint) => database.exec(`PRAGMA max_page_count = ${count}`);
const fill = () => pages(database.prepare('PRAGMA page_count').get()?.page_count as number);
const start = (path: string) =>
  fetch(`${host.url}${path}`, {
    method: 'POST',
    body: JSON.stringify(LARGE),
    headers: { 'content-type': 'application/json' },
  });

test('the answer of the durable API and the log name the cause', async () => {
  fill();
  const answer = await start('/runtime/webhooks/durabletask/orchestrators/child');
  expect(answer.status).toBe(507);
  expect(await answer.json()).toMatchObject({ status: 507, code: 'DiskFull', detail: ROOM });
  expect(log.join('\n')).toContain(`host: POST /runtime/webhooks/durabletask/orchestrators/child: ${ROOM}`);
});

test('the app hears the cause from its client, and no token stands in the log', async () => {
  fill();
  const answer = await fetch(`${host.url}/api/client/startNew`, {
    method: 'POST',
    body: JSON.stringify(['child', { input: LARGE }]),
  });
  expect(((await answer.json()) as { error: string }).error).toContain(ROOM);
  expect(log.join('\n')).toContain(`POST /rpc/…/orchestrators/child: ${ROOM}`);
  expect(log.join('\n')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
});

test('nothing of what failed is stored, and with room again everything goes on', async () => {
  fill();
  expect((await start('/runtime/webhooks/durabletask/orchestrators/child/later')).status).toBe(507);
  expect(host.client.get('later')).toBeUndefined();
  pages(1_000_000);
  expect((await start('/runtime/webhooks/durabletask/orchestrators/child/later')).status).toBe(202);
  expect((await until(host, 'later')).runtimeStatus).toBe('Completed');
});
