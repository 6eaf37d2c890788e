import { statSync } from 'node:fs';
import type { NbdServer } from '../../nbd/server';
import { SimulatedDisk } from '../vault/support/simulated-disk';
import { chosen, rawClient, text, u16, u32 } from './support/nbd-client';
import { serve, smallDisk, vaultWithPoint } from './support/served-vault';

const { disk, bytes } = smallDisk();
let pointId: string;
let server: NbdServer;
let os: string;

beforeAll(async () => {
  const made = await vaultWithPoint({ os: disk, 'lun-0': new SimulatedDisk(4096) });
  pointId = made.pointId;
  server = await serve(made.vault, pointId);
  os = `${pointId}/os`;
});
afterAll(() => server.close());

const greeted = async () => {
  const client = await rawClient(server.address);
  await client.greet();
  return client;
};
const infoData = (name: string, ...wants: number[]) =>
  Buffer.concat([text(name), u16(wants.length), ...wants.map(u16)]);
const typesOf = (answers: { type: number }[]) => answers.map(({ type }) => type);
const INVALID = 0x8000_0003;
const UNKNOWN = 0x8000_0006;

test('greets as a fixed newstyle server, on a socket that is its owner’s alone', async () => {
  const client = await rawClient(server.address);
  const greeting = await client.greet();
  expect(greeting.subarray(0, 16).toString()).toBe('NBDMAGICIHAVEOPT');
  expect(greeting.readUInt16BE(16)).toBe(3);
  client.close();
  if (!('socket' in server.address)) throw new Error('a socket is what it serves on');
  expect(statSync(server.address.socket).mode & 0o777).toBe(0o600);
});

test('lists every disk of the point', async () => {
  const client = await greeted();
  const answers = await client.option(3);
  expect(typesOf(answers)).toEqual([2, 2, 1]);
  const names = answers.slice(0, 2).map(({ data }) => data.subarray(4).toString());
  expect(names.sort()).toEqual([`${pointId}/lun-0`, os]);
  expect(server.uris.map(({ name }) => name).sort()).toEqual(names);
  expect(typesOf(await client.option(3, Buffer.from('x')))).toEqual([INVALID]);
  client.close();
});

test('tells size, flags, block sizes, name and description, and goes on listening after INFO', async () => {
  const client = await greeted();
  await client.option(8);
  const answers = await client.option(6, infoData(os, 1, 2, 3, 99));
  expect(typesOf(answers)).toEqual([3, 3, 3, 3, 1]);
  const [size, block, name, description] = answers.map(({ data }) => data);
  expect(size?.readBigUInt64BE(2)).toBe(BigInt(bytes.length));
  // Flags, read-only, DF, multi-conn, cache.
  expect(size?.readUInt16BE(10)).toBe(0b101_1000_0011);
  expect([block?.readUInt32BE(2), block?.readUInt32BE(6), block?.readUInt32BE(10)]).toEqual([
    1,
    2 ** 22,
    2 ** 25,
  ]);
  expect(name?.subarray(2).toString()).toBe(os);
  expect(description?.subarray(2).toString()).toContain('disk-os');
  expect(typesOf(await client.option(7, infoData(os)))).toEqual([3, 3, 1]);
  client.close();
});

test('takes the option of old to choose, with zeros behind the answer for who wants them', async () => {
  for (const [flags, length] of [
    [1, 134],
    [3, 10],
  ] as const) {
    const client = await rawClient(server.address);
    await client.greet(flags);
    client.sendOption(1, Buffer.from(os));
    const answer = await client.read(length);
    expect(answer.readBigUInt64BE(0)).toBe(BigInt(bytes.length));
    client.request(0, 0, 16);
    expect((await client.reply(16)).payload).toEqual(bytes.subarray(0, 16));
    client.close();
  }
});

test('an export that is not there is told, and one cannot be chosen by the option of old', async () => {
  const client = await greeted();
  for (const name of ['', 'nothing', `${os}x`, pointId])
    expect(typesOf(await client.option(7, infoData(name)))).toEqual([UNKNOWN]);
  client.sendOption(1, Buffer.from('nothing'));
  await client.closedByServer();
});

test('the empty name means the only disk that is served', async () => {
  const made = await vaultWithPoint({ os: smallDisk().disk });
  const alone = await serve(made.vault, made.pointId);
  const client = await chosen(alone.address, '');
  client.request(0, 0, 8);
  expect((await client.replies())[0]?.payload.subarray(8)).toEqual(bytes.subarray(0, 8));
  client.close();
  await alone.close();
});

test('ABORT is acknowledged and ends it', async () => {
  const client = await greeted();
  expect(typesOf(await client.option(2))).toEqual([1]);
  await client.closedByServer();
});

describe('contexts', () => {
  const contextData = (name: string, ...queries: string[]) =>
    Buffer.concat([text(name), u32(queries.length), ...queries.map(text)]);

  test('need structured replies first', async () => {
    const client = await greeted();
    expect(typesOf(await client.option(10, contextData(os, 'base:allocation')))).toEqual([INVALID]);
    expect(typesOf(await client.option(9, contextData(os)))).toEqual([INVALID]);
    client.close();
  });

  test.each([
    ['everything', [], 1],
    ['the namespace', ['base:'], 1],
    ['its name', ['base:allocation'], 1],
    ['others', ['qemu:dirty-bitmap:x', 'base:nothing'], 0],
  ])('are listed by %s', async (_what, queries, found) => {
    const client = await greeted();
    await client.option(8);
    const answers = await client.option(9, contextData(os, ...(queries as string[])));
    expect(typesOf(answers)).toEqual([...Array(found).fill(4), 1]);
    client.close();
  });

  test('are set by their names only, for one export, and the last choice counts', async () => {
    const client = await greeted();
    await client.option(8);
    expect(typesOf(await client.option(10, contextData(os, 'base:')))).toEqual([1]);
    expect(typesOf(await client.option(10, contextData('nothing', 'base:allocation')))).toEqual([UNKNOWN]);
    const [context] = await client.option(10, contextData(os, 'other:x', 'base:allocation'));
    expect(context?.data.subarray(4).toString()).toBe('base:allocation');
    expect(context?.data.readUInt32BE(0)).not.toBe(0);
    expect(typesOf(await client.option(10, contextData(os)))).toEqual([1]);
    await client.option(7, infoData(os));
    client.request(7, 0, 4096);
    expect((await client.replies())[0]?.error).toBe(22);
    client.close();
  });
});

describe('what no client should say', () => {
  const refused: [string, number, Buffer, number][] = [
    ['an option that nobody knows', 77, Buffer.alloc(3), 0x8000_0001],
    ['TLS', 5, Buffer.alloc(0), 0x8000_0002],
    ['INFO without anything', 6, Buffer.alloc(0), INVALID],
    ['a name that is longer than the option', 7, Buffer.concat([u32(4000), Buffer.from('a')]), INVALID],
    ['a name of 4 GiB', 7, Buffer.concat([u32(0xffff_ffff), Buffer.from('a')]), INVALID],
    ['more wishes than there are', 7, Buffer.concat([text('a'), u16(9)]), INVALID],
    ['a name with a zero in it', 7, Buffer.concat([text('a\0b'), u16(0)]), INVALID],
    ['a name that is no text', 7, Buffer.concat([u32(2), Buffer.from([0xff, 0xfe]), u16(0)]), INVALID],
    ['STRUCTURED_REPLY with data', 8, Buffer.alloc(1), INVALID],
    ['an option of more than it may have', 6, Buffer.alloc(70_000), 0x8000_0009],
  ];
  test.each(refused)('%s is refused, and the client is still heard', async (_what, option, data, error) => {
    const client = await greeted();
    expect(typesOf(await client.option(option, data))).toEqual([error]);
    expect(typesOf(await client.option(3))).toEqual([2, 2, 1]);
    client.close();
  });

  test('queries of a claimed number that are not there are refused', async () => {
    const client = await greeted();
    await client.option(8);
    const data = Buffer.concat([text(os), u32(0xffff_ffff), text('base:allocation')]);
    expect(typesOf(await client.option(10, data))).toEqual([INVALID]);
    client.close();
  });

  test('an option of 4 GiB ends it, before any of it is taken', async () => {
    const client = await greeted();
    client.sendOption(6, Buffer.alloc(0), 0xffff_ffff);
    await client.closedByServer();
  });

  test('flags or options that are none end it', async () => {
    const wrongFlags = await rawClient(server.address);
    await wrongFlags.greet(4);
    await wrongFlags.closedByServer();
    const wrongMagic = await greeted();
    wrongMagic.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await wrongMagic.closedByServer();
  });
});
