import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { fetchAgain } from '../../client/fetch-again';

type Reply = 'answer' | 'end' | 'reset' | 'break off';
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n';

/** What the server does with each request, in turn. */
let replies: Reply[];
let requests: string[];
let server: Server;
const sockets = new Set<Socket>();

beforeEach(async () => {
  requests = [];
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      requests.push(bytes.toString('latin1'));
      const reply = replies.shift();
      if (reply === 'answer') socket.write(`${HEAD}here`);
      else if (reply === 'break off') socket.end(`${HEAD}he`);
      else if (reply === 'end') socket.destroy();
      else socket.resetAndDestroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  server.close();
});
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

describe.each(['end', 'reset'] as const)(
  'a request whose connection meets its %s before an answer',
  (cut) => {
    it.each([
      ['GET', {}],
      ['HEAD', {}],
      ['PUT', {}],
      ['DELETE', {}],
      ['POST', { 'idempotency-key': 'once' }],
    ])('is sent again, the same, when it is a %s with %j', async (method, headers) => {
      replies = [cut, 'answer'];
      const answer = await fetchAgain(url(), { method, headers });
      expect(answer.status).toBe(200);
      expect(requests).toHaveLength(2);
      expect(requests[1]).toBe(requests[0]);
    });

    it('is sent again when it went out on a connection that had been kept', async () => {
      replies = ['answer', cut, 'answer'];
      for (const _ of [1, 2]) expect(await (await fetchAgain(url())).text()).toBe('here');
      expect(requests).toHaveLength(3);
    });

    it('is not sent again when it may do something twice', async () => {
      replies = [cut, 'answer'];
      await expect(fetchAgain(url(), { method: 'POST' })).rejects.toThrow('fetch failed');
      expect(requests).toHaveLength(1);
    });

    it('is sent again only once', async () => {
      replies = [cut, cut, 'answer'];
      await expect(fetchAgain(url())).rejects.toThrow('fetch failed');
      expect(requests).toHaveLength(2);
    });
  },
);

it('an answer that has begun is not asked for again', async () => {
  replies = ['break off', 'answer'];
  const answer = await fetchAgain(url());
  await expect(answer.text()).rejects.toThrow('terminated');
  expect(requests).toHaveLength(1);
});

it('a server that is not there is not asked again', async () => {
  const gone = url();
  server.close();
  const sent = jest.spyOn(globalThis, 'fetch');
  await expect(fetchAgain(gone)).rejects.toThrow('fetch failed');
  expect(sent).toHaveBeenCalledTimes(1);
});
