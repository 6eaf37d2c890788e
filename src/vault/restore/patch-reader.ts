import { recentlyUsed } from '../../basics/recently-used';
import type { BlobStore } from '../../storage/blob-store';
import { objectError } from '../../storage/object-error';
import { onceMore } from '../../storage/once-more';
import { ENVELOPE_HEADER_BYTES, open } from '../format/envelope';
import { BLOCK_BYTES } from '../format/geometry';
import { blobNames, sha256Hex } from '../format/names';
import type { PackRef, PatchData } from '../format/segment';

/** Packs are read in windows of this size: neighbouring chunks have their patches side by side. */
const WINDOW_BYTES = 1024 * 1024;
/** A chunk has at most eight patches; the next one has its own beside them, perhaps in the next window. */
const WINDOWS_KEPT = 16;

/** Reads patches out of their packs; answers the `blocks` of one, checked against its hash. */
export function patchReader(
  store: Pick<BlobStore, 'getRange'>,
): (data: PatchData, blocks: number) => Promise<Buffer> {
  async function fetchRange(pack: string, offset: number, length: number): Promise<Buffer> {
    const bytes = await store.getRange(blobNames.pack(pack), offset, length);
    if (!bytes) throw objectError('VaultObjectMissing', blobNames.pack(pack), 'it is not in the container');
    return bytes;
  }

  const windows = recentlyUsed(WINDOWS_KEPT, (key) => {
    const [name = '', offset = '0', length = '0'] = key.split(' ');
    return fetchRange(name, Number(offset), Number(length));
  });

  async function packRange(pack: PackRef, offset: number, length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let at = offset; at < offset + length; ) {
      const start = at - (at % WINDOW_BYTES);
      const size = Math.min(WINDOW_BYTES, pack.sizeBytes - start);
      const window = await windows(`${pack.name} ${start} ${size}`);
      const end = Math.min(offset + length, start + size);
      pieces.push(window.subarray(at - start, end - start));
      at = end;
    }
    return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  }

  return (data, blocks) => {
    const { pack, offset, length } = data;
    const bytes = blocks * BLOCK_BYTES;
    if (length > bytes + ENVELOPE_HEADER_BYTES)
      return Promise.reject(objectError('VaultObjectDamaged', placeOf(data), 'a patch is too long'));
    return onceMore(
      async () => openPatch(await packRange(pack, offset, length), data, bytes),
      // Not out of the window that is kept: it is the one in doubt.
      async () => openPatch(await fetchRange(pack.name, offset, length), data, bytes),
    );
  };
}

const placeOf = ({ pack, offset }: PatchData) => `${blobNames.pack(pack.name)} at ${offset}`;

async function openPatch(sealed: Buffer, data: PatchData, bytes: number): Promise<Buffer> {
  const objectName = placeOf(data);
  const plain = await open('patch', sealed, bytes, objectName);
  if (plain.length !== bytes)
    throw objectError('VaultObjectDamaged', objectName, 'a patch does not fill its runs');
  if (sha256Hex(plain) !== data.hash)
    throw objectError('VaultObjectDamaged', objectName, 'a patch does not match its hash');
  return plain;
}
