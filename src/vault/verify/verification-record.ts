import { z } from 'zod';
import { secondsBetween } from '../../basics/time';
import { BackupError } from '../../failures/failure';
import { onceMore } from '../../storage/once-more';
import { isStorageRefusal } from '../../storage/storage-failure';
import { blobNames, GRAMMARS } from '../format/names';
import { parseDocument, toDocument } from '../format/parse-document';
import type { Vault } from '../vault';

const MAX_RECORD_BYTES = 1024 * 1024;
const count = z.number().int().nonnegative();

const verificationRecordSchema = z.strictObject({
  pointId: z.string().regex(GRAMMARS.POINT_ID),
  /** The job that verified. */
  runId: z.string().regex(GRAMMARS.RUN_ID),
  /** By the storage service's clock. */
  finishedAt: z.iso.datetime(),
  /** 1 for everything. */
  share: z.number().min(0).max(1),
  disks: z.array(
    z.strictObject({
      diskId: z.string().regex(GRAMMARS.DISK_ID),
      checkedChunks: count,
      checkedBytes: count,
      skippedChunks: count,
      /** Every run is told by the damage that the job found, which is kept for itself. */
      damagedBytes: count,
      damagedRanges: count,
      damagedDigests: count,
    }),
  ),
});

/** Evidence that a point was read back, and what was found. */
export type VerificationRecord = z.infer<typeof verificationRecordSchema>;

/** Keeps the evidence of a verification. The first record of a run counts. */
export async function recordVerification(
  vault: Vault,
  record: Omit<VerificationRecord, 'finishedAt'>,
): Promise<VerificationRecord> {
  const name = `${blobNames.verifications(record.pointId)}${record.runId}.json`;
  const whole = { ...record, finishedAt: await vault.store.now() };
  const body = toDocument(whole);
  parseDocument(verificationRecordSchema, body, name);
  if ((await vault.store.put(name, body, { ifAbsent: true })).written) return whole;
  return (await readRecord(vault, name)) ?? whole;
}

/** The verifications of a point, oldest first. One that cannot be read is no evidence. */
export async function listVerifications(vault: Vault, pointId: string): Promise<VerificationRecord[]> {
  const records: VerificationRecord[] = [];
  for await (const { name } of vault.store.list(blobNames.verifications(pointId))) {
    const record = await readRecord(vault, name).catch(noEvidence);
    if (record) records.push(record);
  }
  return records.sort((a, b) => Date.parse(a.finishedAt) - Date.parse(b.finishedAt));
}

/** True when the point was never read back whole and sound, or not within `maxAgeDays`. */
export async function needsVerification(vault: Vault, pointId: string, maxAgeDays: number): Promise<boolean> {
  const sound = (await listVerifications(vault, pointId)).filter(
    ({ share, disks }) => share === 1 && disks.every(({ damagedBytes }) => damagedBytes === 0),
  );
  const last = sound[sound.length - 1];
  return !last || secondsBetween(last.finishedAt, await vault.store.now()) > maxAgeDays * 24 * 3600;
}

async function readRecord({ store }: Vault, name: string): Promise<VerificationRecord | undefined> {
  return onceMore(async () => {
    const blob = await store.get(name, { maxBytes: MAX_RECORD_BYTES });
    return blob && parseDocument(verificationRecordSchema, blob.body, name);
  });
}

function noEvidence(error: unknown): undefined {
  if (!(error instanceof BackupError) || isStorageRefusal(error)) throw error;
  return undefined;
}
