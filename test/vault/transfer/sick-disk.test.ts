import { randomBytes } from 'node:crypto';
import type { DiskSource } from '../../../src/disks/ports';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { openVault } from '../../../src/vault/vault';
import { backUp, restoreDisk, transferDisk } from '../support/backups';
import { SimulatedDisk } from '../support/simulated-disk';

const MIB = 1024 * 1024;

function fullDisk(chunks: number) {
  const disk = new SimulatedDisk(chunks * 4 * MIB);
  for (let chunk = 0; chunk < chunks; chunk += 1) disk.write(chunk * 4 * MIB, randomBytes(8192));
  return disk.snapshot();
}

/** A disk whose reads go on for as long as nobody lets them end; `ask` is called with each. */
function hangingDisk(chunks: number, ask: () => void): { source: DiskSource; fail(error: Error): void } {
  let fail: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  promise.catch(() => undefined);
  const read: DiskSource['read'] = async (_offset, _target, signal) => {
    ask();
    const aborted = new Promise<never>((_resolve, refuse) =>
      signal?.addEventListener('abort', () => refuse(signal.reason), { once: true }),
    );
    await Promise.race([promise, aborted]);
  };
  return { source: { ...fullDisk(chunks).source(), read }, fail };
}

test('a disk that does not answer holds up no other disk and no restore in the same process', async () => {
  const vault = await openVault(memoryBlobStore());
  const sick = hangingDisk(40, () => undefined);
  const given = transferDisk(vault, 'run-sick', { diskId: 'os', source: sick.source });
  const sound = fullDisk(20);
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: sound.source() }]);
  expect((await restoreDisk(vault, pointId, 'os')).equals(sound.bytes())).toBe(true);
  sick.fail(new Error('the disk is gone'));
  await expect(given).rejects.toThrow('the disk is gone');
});

test('after the first chunk that fails no other one of the part is waited for, and that error is told', async () => {
  const vault = await openVault(memoryBlobStore());
  let reads = 0;
  const disk = hangingDisk(40, () => {
    reads += 1;
  });
  const read: DiskSource['read'] = async (offset, target, signal) => {
    // Wherever on the disk they are: not every run begins at its beginning.
    if (reads >= 2) throw new Error('a bad sector');
    await disk.source.read(offset, target, signal);
  };
  const source = { ...disk.source, read };
  await expect(transferDisk(vault, 'run-bad', { diskId: 'os', source })).rejects.toThrow('a bad sector');
  expect(reads).toBeLessThan(12);
});
