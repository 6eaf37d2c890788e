import { z } from 'zod';
import { onceMore } from '../../storage/once-more';
import { blobNames, GRAMMARS } from '../format/names';
import { parseDocument, toDocument } from '../format/parse-document';
import type { Vault } from '../vault';
import type { Damage } from './damage';

/** Of the 2,048 chunks of a part each may be a run of its own, and have nine blobs of digests. */
const MAX_BYTES = 16 * 1024 * 1024;
const count = z.number().int().nonnegative();

/** What a job found damaged in one part of a disk. Gone with the recovery point. */
const foundDamageSchema = z.strictObject({
  diskId: z.string().regex(GRAMMARS.DISK_ID),
  part: count,
  damage: z.array(
    z.strictObject({
      offset: count,
      length: count,
      object: z.string().max(256),
      code: z.string().max(64),
      lost: z.boolean(),
    }),
  ),
});

/** Who read what. */
export interface ReadPart {
  pointId: string;
  jobId: string;
  diskId: string;
  part: number;
}

/** A run that a job found damaged, and where it stands among all that the job found. */
export interface FoundDamage extends Damage {
  diskId: string;
  /** Grows along the list; the same for the same run as long as the part is not read again. */
  place: string;
}

const nameOf = ({ pointId, jobId, diskId, part }: ReadPart) =>
  `${blobNames.foundDamageOf(pointId, jobId)}${diskId}/${padded(part)}.json`;
const padded = (number: number) => String(number).padStart(6, '0');

/**
 * Keeps all that was found damaged in a part. A part that is read again tells what is true then, also that
 * nothing is damaged any more.
 */
export async function keepDamage({ store }: Vault, read: ReadPart, damage: readonly Damage[]): Promise<void> {
  const { diskId, part } = read;
  const name = nameOf(read);
  if (damage.length > 0) await store.put(name, toDocument({ diskId, part, damage }));
  // A sound disk can be restored from a vault that takes no writes.
  else if (await store.head(name)) await store.delete(name);
}

/** The grammar of `place`. */
export const DAMAGE_PLACE = /^(os|lun-[0-9]{1,3})\.[0-9]{6}\.[0-9]{6}$/;

/**
 * Everything that a job found damaged in a point, disk by disk and in the order of each disk; `after` is the
 * place after which to go on, `diskId` asks for one disk.
 */
export async function* foundDamage(
  { store }: Vault,
  { pointId, jobId, diskId, after = '' }: { pointId: string; jobId: string; diskId?: string; after?: string },
): AsyncGenerator<FoundDamage> {
  const [afterDisk = '', afterPart = ''] = after.split('.');
  const folder = blobNames.foundDamageOf(pointId, jobId);
  const prefix = diskId === undefined ? folder : `${folder}${diskId}/`;
  for await (const { name } of store.list(prefix)) {
    const [disk = '', part = ''] = name.slice(folder.length, -'.json'.length).split('/');
    if (disk < afterDisk || (disk === afterDisk && part < afterPart)) continue;
    const found = await readFound(store, name);
    for (const [index, damage] of (found?.damage ?? []).entries()) {
      const place = `${disk}.${part}.${padded(index)}`;
      if (place > after) yield { ...damage, diskId: disk, place };
    }
  }
}

const readFound = (store: Vault['store'], name: string) =>
  onceMore(async () => {
    const blob = await store.get(name, { maxBytes: MAX_BYTES });
    return blob && parseDocument(foundDamageSchema, blob.body, name);
  });
