import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Compute } from '../../../src/compute/arm/connection';
import { type DataPlane, openDataPlane } from '../../../src/compute/data-plane/http';
import { readFromDisk } from '../../../src/compute/disks/disk-link';

const content = Buffer.from(Array.from({ length: 8192 }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
const sourceId = '/subscriptions/s/disk';
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** How a storage node answers its first request. */
interface Answer {
  /** Where what it sends really starts, and what it says of that. */
  from: number;
  contentRange?: string;
  /** It breaks off after so many bytes. */
  bytes: number;
}

/** A disk behind a storage node that answers the first request wrongly and every later one well. */
async function diskBehind(first: Answer) {
  const asked: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (request: Buffer) => {
      const [, from, to] = (/bytes=(\d+)-(\d+)/.exec(request.toString('latin1')) ?? []).map(Number);
      const isFirst = asked.push(from!) === 1;
      const head = isFirst ? first.contentRange : `bytes ${from}-${to}/${content.length}`;
      const length = to! + 1 - from!;
      socket.write(
        `HTTP/1.1 206 Partial\r\nContent-Length: ${length}\r\n${head ? `Content-Range: ${head}\r\n` : ''}\r\n`,
      );
      if (isFirst) socket.end(content.subarray(first.from, first.from + first.bytes));
      else socket.write(content.subarray(from, to! + 1));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dataPlane: DataPlane = openDataPlane({ allowInsecureLoopback: true });
  closing.push(
    () => server.close(),
    () => dataPlane.close(),
    () => {
      for (const socket of sockets) socket.destroy();
    },
  );
  const sas = `http://127.0.0.1:${(server.address() as AddressInfo).port}/c/abcd?sig=x`;
  const link = { sas, grantedAt: performance.now(), renewAt: Number.POSITIVE_INFINITY };
  const compute = {
    dataPlane,
    patience: { tries: 3, firstWaitMs: 1, longestWaitMs: 2 },
    links: new Map([[sourceId, Promise.resolve(link)]]),
  } as unknown as Compute;
  return { compute, asked };
}

const disk = { sourceId, access: 'Read', code: 'DiskReadFailed', step: 'transfer' } as const;

test.each([
  ['of another range', 'bytes 0-4095/8192'],
  ['that does not say of which range it is', undefined],
])('an answer %s counts for nothing, even when it breaks off', async (_, contentRange) => {
  const { compute, asked } = await diskBehind({ from: 0, contentRange, bytes: 1000 });
  const target = Buffer.alloc(4096);
  await readFromDisk(compute, disk, 4096, target);
  expect(target.equals(content.subarray(4096))).toBe(true);
  expect(asked).toEqual([4096, 4096]);
});

test('of an answer of the right range that breaks off, every byte counts', async () => {
  const { compute, asked } = await diskBehind({
    from: 4096,
    contentRange: 'bytes 4096-8191/8192',
    bytes: 1000,
  });
  const target = Buffer.alloc(4096);
  await readFromDisk(compute, disk, 4096, target);
  expect(target.equals(content.subarray(4096))).toBe(true);
  expect(asked).toEqual([4096, 5096]);
});
