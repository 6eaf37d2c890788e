import { readFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setDefaultCACertificates } from 'node:tls';
import * as fc from 'fast-check';
import { openRangeReader, type RangeReader } from '../../src/transport/range-reader';
import { loopbackServer } from '../support/loopback-server';

const content = Buffer.from(Array.from({ length: 1 << 20 }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
const fixture = (name: string) => readFileSync(join(__dirname, 'fixtures', name));
const ignore = { onReceived: () => undefined };

const serveRanges: RequestListener = (request, response) => {
  const [, from = 0, to = 0] = (/bytes=(\d+)-(\d+)/.exec(String(request.headers['x-ms-range'])) ?? []).map(
    Number,
  );
  const body = content.subarray(from, to + 1);
  const headers = { 'content-length': body.length, 'content-range': `bytes ${from}-${to}/${content.length}` };
  response.writeHead(206, headers).end(body);
};

const open: { close(): unknown }[] = [];
const sockets = new Set<Socket>();

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  server.on('connection', (socket: Socket) => sockets.add(socket));
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that answers every request with these bytes, whatever it was. */
async function answering(...pieces: string[]): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      for (const piece of pieces) socket.write(piece, 'latin1');
    });
  });
  return `http://127.0.0.1:${await listen(server)}/c/abcd?sig=x`;
}

function reader(): RangeReader {
  const made = openRangeReader({ isSafe: () => true, idleTimeoutMs: 5000 });
  open.push(made);
  return made;
}

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const one of open.splice(0)) one.close();
});

describe('reading ranges', () => {
  it('fills the buffer with exactly the bytes asked for, many at once and over kept connections', async () => {
    const sas = `http://127.0.0.1:${await listen(loopbackServer(serveRanges))}/c/abcd?sig=x`;
    const ranges = reader();
    const range = fc.tuple(fc.nat(content.length - 1), fc.integer({ min: 1, max: 200_000 }));
    await fc.assert(
      fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 8 }), async (asked) => {
        await Promise.all(
          asked.map(async ([offset, length]) => {
            const target = Buffer.alloc(Math.min(length, content.length - offset), 0xee);
            const { status, received } = await ranges.read({ url: sas, offset, target }, ignore);
            expect([status, received]).toEqual([206, target.length]);
            expect(target.equals(content.subarray(offset, offset + target.length))).toBe(true);
          }),
        );
      }),
      { numRuns: 40 },
    );
    expect(sockets.size).toBeLessThanOrEqual(8);
  });

  it('reads over TLS as well', async () => {
    setDefaultCACertificates([fixture('loopback-cert.pem').toString()]);
    const tls = { key: fixture('loopback-key.pem'), cert: fixture('loopback-cert.pem') };
    const sas = `https://localhost:${await listen(createTlsServer(tls, serveRanges))}/c/abcd?sig=x`;
    const target = Buffer.alloc(300_000);
    const ranges = reader();
    for (const offset of [0, 4096]) {
      await ranges.read({ url: sas, offset, target }, ignore);
      expect(target.equals(content.subarray(offset, offset + target.length))).toBe(true);
    }
    expect(sockets.size).toBe(1);
  });

  it('refuses a certificate that it does not trust', async () => {
    setDefaultCACertificates([]);
    const tls = { key: fixture('loopback-key.pem'), cert: fixture('loopback-cert.pem') };
    const sas = `https://localhost:${await listen(createTlsServer(tls, serveRanges))}/c/abcd?sig=x`;
    await expect(reader().read({ url: sas, offset: 0, target: Buffer.alloc(512) }, ignore)).rejects.toThrow(
      /certificate/,
    );
  });

  it('reads a head that comes byte by byte', async () => {
    const head = 'HTTP/1.1 206 Partial\r\nContent-Length: 4\r\nContent-Range: bytes 0-3/9\r\n\r\n';
    const sas = await answering(...head, 'ab', 'cd');
    const target = Buffer.alloc(4);
    await reader().read({ url: sas, offset: 0, target }, ignore);
    expect(target.toString()).toBe('abcd');
  });

  it('hands back an answer that is shorter than asked, and says how long it was', async () => {
    const sas = await answering('HTTP/1.1 206 Partial\r\nContent-Length: 2\r\n\r\nab');
    expect(await reader().read({ url: sas, offset: 0, target: Buffer.alloc(4) }, ignore)).toMatchObject({
      status: 206,
      received: 2,
    });
  });

  it('hands back a refusal with its headers', async () => {
    const sas = await answering(
      'HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nx-ms-error-code: ServerBusy\r\n\r\n<Error/>',
    );
    const answer = await reader().read({ url: sas, offset: 0, target: Buffer.alloc(4) }, ignore);
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '7', 'x-ms-error-code': 'ServerBusy' },
    });
  });

  it.each([
    ['longer than asked', 'HTTP/1.1 206 Partial\r\nContent-Length: 5\r\n\r\nabcde'],
    ['longer than it says', 'HTTP/1.1 206 Partial\r\nContent-Length: 4\r\n\r\nabcde'],
    ['without a length', 'HTTP/1.1 206 Partial\r\n\r\nabcd'],
    ['in chunks', 'HTTP/1.1 206 Partial\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n'],
    ['of another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['with an endless head', 'HTTP/1.1 206 Partial\r\n'.padEnd(20_000, 'x')],
  ])('refuses an answer %s', async (_, text) => {
    await expect(
      reader().read({ url: await answering(text), offset: 0, target: Buffer.alloc(4) }, ignore),
    ).rejects.toThrow(/answer/);
  });

  it('rejects when the connection is cut, and tells how far it came', async () => {
    const server = createTcpServer((socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 206 Partial\r\nContent-Length: 4\r\n\r\nab'));
    });
    const sas = `http://127.0.0.1:${await listen(server)}/c/abcd?sig=x`;
    const seen: number[] = [];
    const read = reader().read(
      { url: sas, offset: 0, target: Buffer.alloc(4) },
      { onReceived: (bytes) => seen.push(bytes) },
    );
    await expect(read).rejects.toThrow(/cut/);
    expect(seen.at(-1)).toBe(2);
  });

  it('asks again by itself when a kept connection turns out to be closed', async () => {
    const server = loopbackServer(serveRanges);
    const sas = `http://127.0.0.1:${await listen(server)}/c/abcd?sig=x`;
    const ranges = reader();
    await ranges.read({ url: sas, offset: 0, target: Buffer.alloc(4096) }, ignore);
    for (const socket of sockets) socket.resetAndDestroy();
    const target = Buffer.alloc(4096);
    await ranges.read({ url: sas, offset: 512, target }, ignore);
    expect(target.equals(content.subarray(512, 512 + 4096))).toBe(true);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => stop.abort(new Error('cancelled')));
    });
    const sas = `http://127.0.0.1:${await listen(server)}/c/abcd?sig=x`;
    await expect(
      reader().read({ url: sas, offset: 0, target: Buffer.alloc(4) }, { ...ignore, signal: stop.signal }),
    ).rejects.toThrow('cancelled');
    await expect(
      reader().read({ url: sas, offset: 0, target: Buffer.alloc(4) }, { ...ignore, signal: stop.signal }),
    ).rejects.toThrow('cancelled');
  });

  it('goes nowhere without TLS but to this machine', async () => {
    const strict = openRangeReader({ isSafe: ({ protocol }) => protocol === 'https:', idleTimeoutMs: 5000 });
    await expect(
      strict.read({ url: 'http://127.0.0.1:1/c/abcd?sig=x', offset: 0, target: Buffer.alloc(4) }, ignore),
    ).rejects.toThrow(/TLS/);
  });
});
