import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';
import { listPoints } from '../../src/vault/points';
import { openVault } from '../../src/vault/vault';
import { restoreDisk } from './support/backups';
import { writeGoldenHistory } from './support/golden-history';
import { copyToFolder, storeFromFolder } from './support/vault-folder';

const FIXTURES = path.join(__dirname, 'fixtures');
const READER = path.join(__dirname, '..', '..', 'docs', 'reader.py');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Point, disk and the hash of its bytes. */
type Expected = [pointId: string, diskId: string, hash: string][];

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'golden-vault-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

function readWithPython(vault: string, pointId: string, diskId: string): Buffer {
  const out = path.join(scratch, 'disk.img');
  execFileSync('python3', [READER, vault, pointId, diskId, out], { stdio: ['ignore', 'ignore', 'pipe'] });
  return readFileSync(out);
}

/**
 * `UPDATE_GOLDEN=v1` writes the golden vault of a new version once; those of old versions are never written
 * again.
 */
async function writeGoldenVault(folder: string): Promise<void> {
  const store = memoryBlobStore();
  const disks = await writeGoldenHistory(store);
  rmSync(folder, { recursive: true, force: true });
  await copyToFolder(store, path.join(folder, 'vault'));
  rmSync(path.join(folder, 'vault', 'runs'), { recursive: true });
  const expected: Expected = disks.map(({ pointId, diskId, snapshot }) => [
    pointId,
    diskId,
    sha256(snapshot.bytes()),
  ]);
  writeFileSync(path.join(folder, 'expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
}

const versions = () =>
  readdirSync(FIXTURES).filter((name) => existsSync(path.join(FIXTURES, name, 'expected.json')));

test('vaults of every format version that was ever written still restore to the same bytes', async () => {
  if (process.env.UPDATE_GOLDEN)
    await writeGoldenVault(path.join(FIXTURES, `golden-${process.env.UPDATE_GOLDEN}`));
  expect(versions()).toEqual(['golden-v1']);
  for (const version of versions()) {
    const folder = path.join(FIXTURES, version);
    const expected: Expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8'));
    const vault = await openVault(await storeFromFolder(path.join(folder, 'vault')));
    expect((await listPoints(vault)).length * 2).toBe(expected.length);
    for (const [pointId, diskId, hash] of expected) {
      expect([pointId, diskId, sha256(await restoreDisk(vault, pointId, diskId))]).toEqual([
        pointId,
        diskId,
        hash,
      ]);
    }
  }
});

test('the reader written from the format page restores the golden vault', () => {
  for (const version of versions()) {
    const folder = path.join(FIXTURES, version);
    const expected: Expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8'));
    for (const [pointId, diskId, hash] of expected.filter(
      (_, k) => k % 5 === 0 || k === expected.length - 2,
    )) {
      expect(sha256(readWithPython(path.join(folder, 'vault'), pointId, diskId))).toBe(hash);
    }
  }
});

test('the reader restores what the system writes today, lists its points, and refuses damage', async () => {
  const store = memoryBlobStore();
  const disks = await writeGoldenHistory(store);
  const folder = path.join(scratch, 'today');
  await copyToFolder(store, folder);
  const listed = execFileSync('python3', [READER, folder], { encoding: 'utf8' }).trim().split('\n');
  expect(listed.map((line) => line.split(' ').slice(0, 2))).toEqual(
    disks.map(({ pointId, diskId }) => [pointId, diskId]),
  );
  const last = disks.at(-2)!;
  expect(readWithPython(folder, last.pointId, 'os').equals(last.snapshot.bytes())).toBe(true);

  for (const chunk of readdirSync(path.join(folder, 'chunks'))) {
    const file = path.join(folder, 'chunks', chunk);
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(30) ^ 0xff, 30);
    writeFileSync(file, bytes);
  }
  expect(() => readWithPython(folder, last.pointId, 'os')).toThrow(/Damaged: chunks\//);
});
