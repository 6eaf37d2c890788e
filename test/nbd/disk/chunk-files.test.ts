import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chunkFiles } from '../../../nbd/disk/chunk-files';
import { sha256Hex } from '../../../src/vault/format/names';
import { chosen, dataOf } from '../support/nbd-client';
import { MiB, pattern, serve, smallDisk, vaultWithPoint } from '../support/served-vault';

const folder = mkdtempSync(path.join(tmpdir(), 'chunk-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const chunkOf = (seed: number) => pattern(4 * MiB, seed);
const nameOf = (seed: number) => sha256Hex(chunkOf(seed));

test('keeps chunks under their names for their owner, and gives back nothing but what the name says', async () => {
  const files = chunkFiles(path.join(folder, 'names'), 64 * MiB);
  const target = Buffer.alloc(4 * MiB);
  expect(await files.read(nameOf(1), target)).toBe(false);
  await files.keep(nameOf(1), chunkOf(1));
  expect(await files.read(nameOf(1), target)).toBe(true);
  expect(target.equals(chunkOf(1))).toBe(true);
  const file = path.join(folder, 'names', nameOf(1));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  for (const wrong of [chunkOf(2), readFileSync(file).subarray(0, MiB)]) {
    writeFileSync(file, wrong);
    expect(await files.read(nameOf(1), target)).toBe(false);
    expect(readdirSync(path.dirname(file))).toEqual([]);
  }
});

test('never holds more than it may: what was used least lately goes', async () => {
  const files = chunkFiles(path.join(folder, 'few'), 12 * MiB);
  for (let seed = 1; seed <= 6; seed += 1) await files.keep(nameOf(seed), chunkOf(seed));
  const left = readdirSync(path.join(folder, 'few'));
  expect(left.length).toBeLessThanOrEqual(3);
  expect(left).toContain(nameOf(6));
});

test('a folder that cannot be made is no failure of who reads', async () => {
  writeFileSync(path.join(folder, 'file'), '');
  const files = chunkFiles(path.join(folder, 'file', 'below'), 64 * MiB);
  await files.keep(nameOf(1), chunkOf(1));
  expect(await files.read(nameOf(1), Buffer.alloc(4 * MiB))).toBe(false);
});

test('a server that begins again asks the vault for none of them', async () => {
  const { disk, bytes } = smallDisk();
  // Whole chunks, which have names of their own in the vault.
  disk.write(0, pattern(4 * MiB, 5));
  pattern(4 * MiB, 5).copy(bytes);
  const made = await vaultWithPoint({ os: disk });
  const cacheFolder = { folder: path.join(folder, 'again'), maxBytes: 64 * MiB };
  const requests: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    const server = await serve(made.vault, made.pointId, { cacheFolder });
    const client = await chosen(server.address, '');
    const before = made.counted.requests();
    client.request(0, 0, 4 * MiB);
    expect(dataOf(await client.replies(), 0, 4 * MiB).bytes.equals(bytes.subarray(0, 4 * MiB))).toBe(true);
    requests.push(made.counted.requests() - before);
    client.close();
    await server.close();
  }
  expect(requests[1]).toBeLessThan(requests[0]!);
});
