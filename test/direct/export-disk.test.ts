import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { type ExportOptions, exportDisk } from '../../direct/export/export-disk';
import { streamDisk } from '../../direct/export/stream-disk';
import { countingBlobStore } from '../../src/storage/counting-blob-store';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';
import { openVaultToRead, type Vault } from '../../src/vault/vault';
import { copyInMemory } from '../vault/support/copy-in-memory';
import { damageAll, flipABit } from '../vault/support/damage';
import { type GoldenDisk, writeGoldenHistory } from '../vault/support/golden-history';

const MiB = 2 ** 20;
const folder = mkdtempSync(path.join(tmpdir(), 'export-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => {
  files += 1;
  return path.join(folder, `disk-${files}.img`);
};

const original = memoryBlobStore();
let disks: GoldenDisk[];
beforeAll(async () => {
  disks = await writeGoldenHistory(original);
});

async function golden() {
  const memory = await copyInMemory(original);
  const counted = countingBlobStore(memory);
  return { memory, disks, counted, vault: await openVaultToRead(counted) };
}
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const exported = (
  vault: Vault,
  { pointId, diskId }: GoldenDisk,
  options: Partial<ExportOptions> & { file: string },
) => exportDisk(vault, { pointId, diskId, ...options });
/** The last point has chunks, patches and holes. */
const lastOs = (disks: GoldenDisk[]) => disks.filter(({ diskId }) => diskId === 'os').at(-1)!;

test('every disk of every point is written to its last byte, sparse, with the digest of the file', async () => {
  const { vault, disks } = await golden();
  for (const disk of disks) {
    const file = newFile();
    const done = await exported(vault, disk, { file });
    const bytes = disk.snapshot.bytes();
    expect(done).toMatchObject({
      ok: true,
      file,
      sizeBytes: bytes.length,
      sha256: sha256(bytes),
      damage: [],
    });
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(existsSync(`${file}.partial`)).toBe(false);
    if (disk.diskId === 'os') expect(statSync(file).blocks * 512).toBeLessThan(10 * MiB);
  }
});

test('a fixed VHD has whole MiB and its footer, and the digest is that of the whole file', async () => {
  const { vault, disks } = await golden();
  const disk = lastOs(disks);
  const file = newFile();
  const done = await exported(vault, disk, { file, format: 'vhd' });
  const bytes = readFileSync(file);
  expect(done).toMatchObject({ sizeBytes: 14 * MiB + 512, sha256: sha256(bytes) });
  const { length } = disk.snapshot.bytes();
  expect(bytes.subarray(0, length).equals(disk.snapshot.bytes())).toBe(true);
  expect(bytes.subarray(length, 14 * MiB).every((byte) => byte === 0)).toBe(true);
  expect(bytes.toString('latin1', 14 * MiB, 14 * MiB + 8)).toBe('conectix');
  expect(bytes.readBigUInt64BE(14 * MiB + 48)).toBe(BigInt(14 * MiB));
});

test('a stream gets the same bytes', async () => {
  const { vault, disks } = await golden();
  const { pointId, diskId, snapshot } = lastOs(disks);
  const pieces: Buffer[] = [];
  const to = new Writable({
    write(piece, _encoding, done) {
      pieces.push(Buffer.from(piece));
      done();
    },
  });
  const done = await streamDisk(vault, { pointId, diskId }, to);
  expect(Buffer.concat(pieces).equals(snapshot.bytes())).toBe(true);
  expect(done).toMatchObject({
    sizeBytes: snapshot.sizeBytes,
    sha256: sha256(snapshot.bytes()),
    damage: [],
  });
});

describe('damage', () => {
  test('leaves no file but the unfinished one, names the ranges, and what is healed is all that resume fetches', async () => {
    const { vault, memory, disks, counted } = await golden();
    const disk = lastOs(disks);
    const file = newFile();
    const sound = new Map<string, Buffer>();
    for await (const { name } of memory.list('chunks/')) sound.set(name, (await memory.get(name))!.body);
    await damageAll(memory, 'chunks/');
    const refused = await exported(vault, disk, { file });
    expect(refused).toMatchObject({ ok: false, partial: `${file}.partial` });
    if (refused.ok) throw new Error('it was not refused');
    expect(refused.failure.code).toBe('ExportIncomplete');
    expect(refused.damage.length).toBeGreaterThan(0);
    for (const { offset, length, object, code } of refused.damage) {
      expect(refused.failure.message).toContain(`${offset}+${length} (${object})`);
      expect(code).toBe('VaultObjectDamaged');
    }
    expect(existsSync(file)).toBe(false);
    for await (const { name } of memory.list('damage/')) throw new Error(`${name} was written to the vault`);

    for (const [name, body] of sound) await memory.put(name, body);
    const before = counted.requests();
    const done = await exported(vault, disk, { file, resume: true });
    const lost = refused.damage.reduce((sum, { length }) => sum + length, 0);
    expect(done).toMatchObject({ ok: true, sha256: sha256(disk.snapshot.bytes()), fetchedBytes: lost });
    expect(counted.requests()).toBeGreaterThan(before);
    expect(readFileSync(file).equals(disk.snapshot.bytes())).toBe(true);
  });

  test('is zeros in the file of who goes on without it', async () => {
    const { vault, memory, disks } = await golden();
    const disk = lastOs(disks);
    await damageAll(memory, 'segments/', 'missing');
    const file = newFile();
    const done = await exported(vault, disk, { file, skipDamaged: true });
    expect(done).toMatchObject({
      ok: true,
      damage: [{ offset: 0, length: disk.snapshot.sizeBytes, code: 'VaultObjectMissing' }],
    });
    expect(readFileSync(file).equals(Buffer.alloc(disk.snapshot.sizeBytes))).toBe(true);
  });

  test('ends a stream at its first byte', async () => {
    const { vault, memory, disks } = await golden();
    await damageAll(memory, 'chunks/', 'missing');
    const { pointId, diskId } = lastOs(disks);
    const to = new Writable({ write: (_piece, _encoding, done) => done() });
    await expect(streamDisk(vault, { pointId, diskId }, to)).rejects.toThrow('ExportIncomplete');
  });
});

describe('resume', () => {
  test('believes nothing that is there: what was changed, is missing, or should be zeros is made right', async () => {
    const { vault, disks } = await golden();
    const disk = lastOs(disks);
    const bytes = disk.snapshot.bytes();
    const file = newFile();
    const wrong = Buffer.concat([bytes, Buffer.alloc(4096, 'behind the end')]);
    wrong.write('not what it was', MiB);
    wrong.write('not zeros', 12 * MiB);
    writeFileSync(`${file}.partial`, wrong);
    const done = await exported(vault, disk, { file, resume: true });
    expect(done).toMatchObject({ ok: true, sha256: sha256(bytes) });
    expect(readFileSync(file).equals(bytes)).toBe(true);
    if (done.ok) expect(done.reusedBytes).toBeGreaterThan(0);
  });

  test('fetches nothing again of a disk that is all there, patched chunks included', async () => {
    const { vault, disks } = await golden();
    for (const disk of [lastOs(disks), disks.at(-1)!]) {
      const file = newFile();
      writeFileSync(`${file}.partial`, disk.snapshot.bytes());
      const done = await exported(vault, disk, { file, resume: true });
      expect(done).toMatchObject({ ok: true, fetchedBytes: 0, sha256: sha256(disk.snapshot.bytes()) });
    }
  });

  test('goes on after a break, and begins anew where nothing was begun', async () => {
    const { vault, disks } = await golden();
    const disk = lastOs(disks);
    const file = newFile();
    const controller = new AbortController();
    const broken = exported(vault, disk, {
      file,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(broken).rejects.toThrow('enough');
    expect(existsSync(`${file}.partial`)).toBe(true);
    await expect(exported(vault, disk, { file })).rejects.toThrow(/ExportExists.*partial/);
    expect(await exported(vault, disk, { file, resume: true })).toMatchObject({ ok: true });
    expect(readFileSync(file).equals(disk.snapshot.bytes())).toBe(true);
    expect(await exported(vault, disk, { file: newFile(), resume: true })).toMatchObject({ ok: true });
  });
});

test('what is there is never overwritten, and what cannot be written says why', async () => {
  const { vault, disks } = await golden();
  const file = newFile();
  writeFileSync(file, 'precious');
  await expect(exported(vault, lastOs(disks), { file, resume: true })).rejects.toThrow('ExportExists');
  expect(readFileSync(file, 'utf8')).toBe('precious');
  const nowhere = path.join(folder, 'nowhere', 'disk.img');
  await expect(exported(vault, lastOs(disks), { file: nowhere })).rejects.toThrow(/ExportFileFailed.*ENOENT/);
  // A disk that is full, without filling one.
  if (existsSync('/dev/full')) {
    const full = newFile();
    symlinkSync('/dev/full', `${full}.partial`);
    await expect(exported(vault, lastOs(disks), { file: full, resume: true })).rejects.toThrow(
      'ExportFileFailed',
    );
    expect(existsSync(full)).toBe(false);
  }
});

test('a flipped bit on the way to the file is never in it', async () => {
  const { vault, memory, disks } = await golden();
  for await (const { name } of memory.list('packs/')) await flipABit(memory, name);
  const disk = lastOs(disks);
  const done = await exported(vault, disk, { file: newFile() });
  expect(done.ok).toBe(false);
});
