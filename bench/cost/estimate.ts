import { BLOB_TIERS, type BlobTier, PLANS, type PlanName, SNAPSHOT_GB_MONTH } from './prices';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const DAYS = 30;
const DAY_SECONDS = 86_400;
/** A chunk: one request to look whether it is there, one to write it. */
const CHUNK_BYTES = 4 * MIB;
/** A GiB of disk has one segment of the index and one blob of digests. */
const SEGMENT_BYTES = GIB;
/** All patches of a transfer travel in packs of this size. */
const PACK_BYTES = 16 * MIB;
/** Plan, parts, index, manifest and the documents of the job, as `npm run bench` counts them. */
const FIXED = { writes: 10, reads: 15 };
/**
 * Target of one page blob ("Scalability and performance targets for Blob storage"); snapshots read about as
 * fast.
 */
const READ_BYTES_PER_SECOND = 60 * MIB;

/** What is backed up, and how. Shares are between 0 and 1. */
export interface CostInput {
  diskBytes: number;
  /** Of the disk, what holds data. */
  usedShare: number;
  /** Of the disk, what changes from one day to the next. */
  churnShare: number;
  /** Stored bytes for each plain byte; half is what zstd makes of an average system disk. */
  compression: number;
  /** Daily points that are kept. */
  retentionDays: number;
  tier: BlobTier;
}

/** Requests and bytes of one backup. */
export interface BackupWork {
  readBytes: number;
  storedBytes: number;
  writes: number;
  reads: number;
  /** Seconds that the transfer takes when the disk is read as fast as Azure gives it. */
  seconds: number;
}

/** How changes are found: with a snapshot that is kept, or by reading all data again. */
export type FindMode = 'changed blocks' | 'all data read';

/** What a month of daily backups comes to, in US dollars but for the bytes and requests. */
export interface MonthlyCost {
  mode: FindMode;
  storedGib: number;
  storage: number;
  writes: number;
  reads: number;
  requests: number;
  snapshots: number;
  /** By hosting plan. */
  compute: Record<PlanName, number>;
  total: Record<PlanName, number>;
}

/** The first backup: every used chunk is looked up and written. */
export function firstBackup({ diskBytes, usedShare, compression }: CostInput): BackupWork {
  const readBytes = diskBytes * usedShare;
  const chunks = Math.ceil(readBytes / CHUNK_BYTES);
  const segments = Math.ceil(diskBytes / SEGMENT_BYTES);
  return {
    readBytes,
    storedBytes: readBytes * compression,
    writes: chunks + 2 * segments + FIXED.writes,
    reads: chunks + FIXED.reads,
    seconds: readBytes / READ_BYTES_PER_SECOND,
  };
}

/** A later backup in which the changes lie all over the disk: every segment is read and written anew. */
export function delta(input: CostInput, mode: FindMode): BackupWork {
  const { diskBytes, usedShare, churnShare, compression } = input;
  const changed = diskBytes * churnShare;
  const segments = churnShare > 0 ? Math.ceil(diskBytes / SEGMENT_BYTES) : 0;
  const readBytes = mode === 'changed blocks' ? changed : diskBytes * usedShare;
  return {
    readBytes,
    storedBytes: changed * compression,
    writes: Math.ceil((changed * compression) / PACK_BYTES) + 2 * segments + FIXED.writes,
    reads: segments * (mode === 'changed blocks' ? 1 : 2) + FIXED.reads,
    seconds: readBytes / READ_BYTES_PER_SECOND,
  };
}

/** A month of daily backups once as many points are kept as the policy asks for. */
export function monthlyCost(input: CostInput, mode: FindMode): MonthlyCost {
  const price = BLOB_TIERS[input.tier];
  const first = firstBackup(input);
  const daily = delta(input, mode);
  const storedGib = (first.storedBytes + daily.storedBytes * Math.max(0, input.retentionDays - 1)) / GIB;
  const storage = storedGib * price.gbMonth;
  const writes = daily.writes * DAYS;
  const reads = daily.reads * DAYS;
  const requests = (writes * price.writesPer10k + reads * price.readsPer10k) / 10_000;
  const snapshots = snapshotCost(input, mode, daily);
  const compute = mapPlans((plan) => computeCost(plan, daily.seconds * DAYS));
  const total = mapPlans((plan) => storage + requests + snapshots + compute[plan]);
  return { mode, storedGib, storage, writes, reads, requests, snapshots, compute, total };
}

/**
 * The kept snapshot bills the used size all month; one that goes after its transfer only for as long as that
 * takes.
 */
function snapshotCost(
  { diskBytes, usedShare, churnShare }: CostInput,
  mode: FindMode,
  daily: BackupWork,
): number {
  const usedGib = (diskBytes * usedShare) / GIB;
  if (mode === 'changed blocks') return (usedGib + (diskBytes * churnShare) / GIB) * SNAPSHOT_GB_MONTH;
  return usedGib * SNAPSHOT_GB_MONTH * Math.min(1, daily.seconds / DAY_SECONDS);
}

function computeCost(plan: PlanName, seconds: number): number {
  const { gib, perGbSecond, monthly } = PLANS[plan];
  return monthly + seconds * gib * perGbSecond;
}

const mapPlans = (value: (plan: PlanName) => number) =>
  Object.fromEntries((Object.keys(PLANS) as PlanName[]).map((plan) => [plan, value(plan)])) as Record<
    PlanName,
    number
  >;
