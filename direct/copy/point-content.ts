import { orderedParallel } from '../../src/basics/ordered-parallel';
import type { RecoveryPoint } from '../../src/vault/format/manifest';
import { blobNames } from '../../src/vault/format/names';
import type { Segment } from '../../src/vault/format/segment';
import { readIndex, readSegment } from '../../src/vault/objects/read-index';
import type { Vault } from '../../src/vault/vault';

const SEGMENTS_AT_ONCE = 4;

/**
 * The names of all blobs that a point needs, what an object names before it; some of them more than once.
 * Segments in `walked` are passed over with all that they name; the others are added to `own`.
 */
export async function* contentOf(
  { store }: Vault,
  point: RecoveryPoint,
  walked: ReadonlySet<string>,
  own: Set<string>,
): AsyncGenerator<string> {
  for (const { index, sizeBytes } of point.disks) {
    const names = (await readIndex(store, index, sizeBytes)).filter((name) => name !== null);
    const wanted = [...new Set(names)].filter((name) => !walked.has(name) && !own.has(name));
    for (const name of wanted) own.add(name);
    const read = async (name: string) => ({ name, segment: await readSegment(store, name) });
    for await (const { name, segment } of orderedParallel(wanted, SEGMENTS_AT_ONCE, read)) {
      yield* namedBy(segment);
      yield blobNames.segment(name);
    }
    yield blobNames.index(index);
  }
}

function* namedBy(segment: Segment): Generator<string> {
  for (const entry of segment) {
    if (!entry) continue;
    if (entry.base) {
      yield blobNames.chunk(entry.base.name);
      yield blobNames.digests(entry.base.digests.blob.name);
    }
    for (const { data } of entry.patches) {
      if (!data) continue;
      yield blobNames.pack(data.pack.name);
      yield blobNames.digests(data.digests.blob.name);
    }
  }
}
