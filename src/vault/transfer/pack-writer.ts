import type { SealedPatch } from '../codec/chunk-codec';
import { blobNames, sha256HexOf } from '../format/names';
import type { PackRef } from '../format/segment';
import { keepIfPresent, putContent } from '../objects/content';
import { countPlain } from '../objects/content-account';
import { bringOnce } from '../objects/in-flight';
import type { TransferContext } from './transfer-context';

/** A pack is closed at this size: a few requests for thousands of patches, and little memory. */
const PACK_BYTES = 8 * 1024 * 1024;

/**
 * Collects patches into packs. A patch's pack gets its name when it is written: at `flush`, or when `add`
 * finds it full.
 */
export function packWriter(context: TransferContext) {
  let pack: PackRef = { name: '', sizeBytes: 0 };
  let pieces: Buffer[] = [];
  let plainBytes = 0;

  return {
    /** Where the patch will be. Its pack has no name until it is written. */
    async add(patch: SealedPatch): Promise<{ pack: PackRef; offset: number; length: number }> {
      if (pack.sizeBytes >= PACK_BYTES) await this.flush();
      const place = { pack, offset: pack.sizeBytes, length: patch.envelope.length };
      pieces.push(patch.envelope);
      pack.sizeBytes += patch.envelope.length;
      plainBytes += patch.plainBytes;
      return place;
    },

    isEmpty: () => pieces.length === 0,

    /** Writes the open pack, if there is anything in it. */
    async flush(): Promise<void> {
      if (pieces.length === 0) return;
      pack.name = sha256HexOf(pieces);
      const body = Buffer.concat(pieces);
      pieces = [];
      const blobName = blobNames.pack(pack.name);
      const { inFlight, probing, signal } = context;
      await bringOnce(inFlight, blobName, probing, async () => {
        // An attempt that died, or the same disk of another VM, may have sent it.
        if (
          (probing.all || inFlight.written.has(blobName)) &&
          (await keepIfPresent(context, blobName, signal))
        )
          return 'present';
        countPlain(context.account, plainBytes);
        return putContent(context, blobName, body, signal);
      });
      pack = { name: '', sizeBytes: 0 };
      plainBytes = 0;
    },
  };
}
