import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { NbdServer } from '../../nbd/server';
import { chosen, dataOf, rawClient, text, u16, u32, u64 } from './support/nbd-client';
import { serve, smallDisk, vaultWithPoint } from './support/served-vault';

const { disk, bytes } = smallDisk();
let server: NbdServer & { notes: string[] };
let name: string;

beforeAll(async () => {
  const made = await vaultWithPoint({ os: disk });
  name = `${made.pointId}/os`;
  server = await serve(made.vault, made.pointId, { writable: {} });
});
afterAll(() => server.close());

/** Another client, which behaves, is served as if nothing had happened. */
async function expectServing() {
  const client = await chosen(server.address, name);
  client.request(0, 4096, 4096);
  expect(dataOf(await client.replies(), 4096, 4096).bytes.equals(bytes.subarray(4096, 8192))).toBe(true);
  client.close();
}

/** Sends it all, ends, and takes what comes until the server has ended too. */
async function talk(messages: Buffer[]) {
  const client = await rawClient(server.address);
  for (const message of messages) client.send(message);
  client.socket.end();
  await client.closedByServer();
}

const anyBytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((data) => Buffer.from(data));
const lengthOf = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.constantFrom(65_536, 2 ** 20, 2 ** 31, 2 ** 32 - 1),
);
const clientFlags = fc.oneof(fc.constantFrom(3, 1, 0), fc.nat()).map(u32);

/** An option whose length may be a lie, with data that may look like what belongs there. */
const option = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: 12 }), fc.nat()),
    fc.oneof(
      anyBytes(200),
      fc
        .tuple(fc.string({ maxLength: 20 }), lengthOf)
        .map(([words, count]) => Buffer.concat([text(words), u32(count)])),
      fc.constant(0).map(() => Buffer.concat([text(name), u16(0)])),
      fc.constant(0).map(() => Buffer.concat([text(name), u32(1), text('base:allocation')])),
    ),
    fc.option(lengthOf),
  )
  .map(([number, data, lie]) =>
    Buffer.concat([Buffer.from('IHAVEOPT'), u32(number), u32(lie ?? data.length), data]),
  );

/** Everything but changes of the disk, which the tests of the overlay make. */
const request = fc
  .tuple(
    fc.oneof(fc.constant(0), fc.constant(5), fc.constant(7), fc.integer({ min: 7, max: 65_535 })),
    fc.oneof(fc.constant(0), fc.nat({ max: 65_535 })),
    fc.oneof(fc.nat({ max: bytes.length + 10_000 }).map(BigInt), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    lengthOf,
  )
  .map(([command, flags, offset, length]) =>
    Buffer.concat([u32(0x25609513), u16(flags), u16(command), u64(1), u64(offset), u32(length)]),
  );

test('whatever comes in place of a handshake ends in a refusal or a closed connection', async () => {
  const noise = anyBytes(2000).map((data) => [data]);
  const options = fc
    .tuple(clientFlags, fc.array(option, { maxLength: 12 }))
    .map(([flags, all]) => [flags, ...all]);
  await fc.assert(fc.asyncProperty(fc.oneof(noise, options), talk), { numRuns: 300 });
  await expectServing();
});

test('whatever comes in place of requests ends in an error or a closed connection', async () => {
  const go = () =>
    Buffer.concat([Buffer.from('IHAVEOPT'), u32(7), u32(text(name).length + 2), text(name), u16(0)]);
  const structured = Buffer.concat([Buffer.from('IHAVEOPT'), u32(8), u32(0)]);
  const messages = fc.tuple(
    fc.boolean(),
    fc.array(fc.oneof(request, request, request, anyBytes(60)), { maxLength: 20 }),
  );
  await fc.assert(
    fc.asyncProperty(messages, ([isStructured, all]) =>
      talk([u32(3), ...(isStructured ? [structured] : []), go(), ...all]),
    ),
    { numRuns: 200 },
  );
  await expectServing();
  expect(server.notes).toEqual([]);
});

/** What is held in buffers, garbage left out. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers;
}

test('clients that vanish in the middle, or never take their answers, leave nothing behind', async () => {
  const before = heldBytes();
  for (let round = 0; round < 40; round += 1) {
    const client = await chosen(server.address, name);
    // Far more than fits between the two, and none of it is taken.
    client.socket.pause();
    for (let k = 0; k < 64; k += 1) client.request(0, 0, 3 * 2 ** 20);
    if (round % 2 === 0) client.send(u32(0x25609513), u16(0));
    client.close();
  }
  await expectServing();
  // The server learns of one after the other that they are gone.
  while (heldBytes() - before > 64 * 2 ** 20) await setImmediate();
});
