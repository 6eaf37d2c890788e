import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiClient } from '../../cli/api-client';
import { loopbackServer } from '../support/loopback-server';

/** The keys of the requests so far. */
let keys: unknown[];
/** Requests whose connection is cut before they are answered. */
let cuts: number;
let server: Server;
beforeEach(async () => {
  keys = [];
  cuts = 0;
  server = loopbackServer((request, response) => {
    keys.push(request.headers['idempotency-key']);
    if (cuts-- > 0) request.socket.destroy();
    else response.writeHead(202).end('{"job":"job-1"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});
const api = () => apiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api`);

test('a start whose connection was cut is asked for again under the same key, so that nothing starts twice', async () => {
  cuts = 1;
  expect(await api().startBackup('web')).toBe('job-1');
  expect(keys).toEqual([expect.stringMatching(/^[\da-f-]{36}$/), keys[0]]);
});

test('every start and every cancellation has a key of its own', async () => {
  const client = api();
  await client.startBackup('web');
  await client.startBackup('web');
  await client.startRestore('web.1');
  await client.cancelJob('job-1');
  expect(new Set(keys).size).toBe(4);
});

test('what may be repeated anyway needs no key', async () => {
  await api().getJob('job-1');
  expect(keys).toEqual([undefined]);
});
