import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { sumOf } from '../../basics/sum-of';
import { onceMore } from '../../storage/once-more';
import { parseDocument, toDocument } from '../format/parse-document';
import type { GarbageReport } from '../garbage/collect-garbage';
import { idsUnder } from '../points/point-ids';
import type { Vault } from '../vault';
import { KINDS, reportUsage } from './report-usage';

const NAME = 'summaries/vault.json.gz';
/** Five thousand VMs take 700 KiB before compression. */
const MAX_PACKED_BYTES = 16 * 1024 * 1024;
const MAX_BYTES = 128 * 1024 * 1024;
const pack = promisify(gzip);
const unpack = promisify(gunzip);

const bytes = (description: string) => z.number().meta({ description });

/** What one VM takes in the vault. */
const VmBytes = z.strictObject({
  vm: z.string(),
  points: z.number().meta({ description: 'Its points; deleted ones that can be undeleted count.' }),
  logicalBytes: bytes('What all its points would take as whole disks.'),
  ownBytes: bytes('As stored, and needed by this VM alone: what would be free without its points.'),
  sharedBytes: bytes('As stored, and needed by other VMs too.'),
});

/** What a collection of garbage that runs now frees, and what it has to leave. */
const NextCollection = z.strictObject({
  purgedPoints: z.number(),
  freedBlobs: z.number(),
  freedBytes: bytes('Needed by no point, and old enough to go.'),
  youngBlobs: z.number(),
  youngBytes: bytes('Needed by no point, and too young to go.'),
  youngUntil: z.string().optional(),
  waitingPoints: z.number(),
  waitingBlobs: z.number(),
  waitingBytes: bytes('Needed only by deleted points in their grace period.'),
  waitingUntil: z.string().optional(),
});
export type NextCollection = z.output<typeof NextCollection>;

/** The same of a collection that ran, or ran dry: what it freed, and what it had to leave. */
export const collectionOf = (report: GarbageReport): NextCollection => ({
  purgedPoints: report.purgedPoints,
  freedBlobs: report.deletedBlobs,
  freedBytes: report.deletedBytes,
  youngBlobs: report.youngBlobs,
  youngBytes: report.youngBytes,
  youngUntil: report.youngUntil,
  waitingPoints: report.waitingPoints,
  waitingBlobs: report.waitingBlobs,
  waitingBytes: report.waitingBytes,
  waitingUntil: report.waitingUntil,
});

/** The figures of a vault as maintenance last counted them. */
export const VaultReport = z.strictObject({
  measuredAt: z.string().meta({ description: 'When maintenance counted this.' }),
  bytes: z
    .strictObject(
      Object.fromEntries(KINDS.map((kind) => [kind, z.number()])) as Record<
        (typeof KINDS)[number],
        z.ZodNumber
      >,
    )
    .meta({ description: 'As stored, by kind: the sums of what the container lists there.' }),
  totalBytes: bytes('All kinds together.'),
  neededBytes: bytes('Content that some point needs; what points and VMs share counts once.'),
  unneededBytes: bytes('Content that no point needs.'),
  points: z.number().meta({ description: 'Points that are listed.' }),
  deletedPoints: z.number().meta({ description: 'Points that are deleted and not yet gone.' }),
  unreadablePoints: z.array(z.string()),
  damageNotes: z.number().meta({ description: 'Blobs that were found damaged or missing.' }),
  vms: z.array(VmBytes),
  nextCollection: NextCollection.meta({
    description: 'What a collection of garbage would free now, and what it would have to leave.',
  }),
});
export type VaultReport = z.output<typeof VaultReport>;

/** Counts everything in the vault and keeps the figures, for whoever asks until the next time. */
export async function measureVault(vault: Vault, nextCollection: NextCollection): Promise<VaultReport> {
  const report = await countVault(vault, nextCollection);
  await vault.store.put(NAME, await pack(toDocument(report)));
  return report;
}

/** Counts everything in the vault, and writes nothing. */
export async function countVault(vault: Vault, nextCollection: NextCollection): Promise<VaultReport> {
  const { store } = vault;
  const measuredAt = await store.now();
  const usage = await reportUsage(vault);
  const deleted = new Set(await idsUnder(vault, 'tombstones/'));
  const points = (await idsUnder(vault, 'points/')).filter((id) => !deleted.has(id)).length;
  let damageNotes = 0;
  for await (const _note of store.list('damage/')) damageNotes += 1;
  return {
    measuredAt,
    bytes: usage.bytesByKind,
    totalBytes: sumOf(Object.values(usage.bytesByKind), (each) => each),
    neededBytes: usage.storedBytes,
    unneededBytes: usage.unreferencedBytes,
    points,
    deletedPoints: deleted.size,
    unreadablePoints: usage.unreadablePoints,
    damageNotes,
    vms: usage.vms.map(({ vmKey, points: count, logicalBytes, uniqueBytes, sharedBytes }) => ({
      vm: vmKey,
      points: count,
      logicalBytes,
      ownBytes: uniqueBytes,
      sharedBytes,
    })),
    nextCollection,
  };
}

/** The figures that were kept last; undefined before the first maintenance. */
export async function readVaultReport({ store }: Pick<Vault, 'store'>): Promise<VaultReport | undefined> {
  return onceMore(async () => {
    const blob = await store.get(NAME, { maxBytes: MAX_PACKED_BYTES });
    if (!blob) return undefined;
    return parseDocument(VaultReport, await unpack(blob.body, { maxOutputLength: MAX_BYTES }), NAME);
  });
}
