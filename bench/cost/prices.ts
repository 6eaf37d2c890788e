/**
 * List prices in US dollars, region East US, locally redundant storage, without discounts or free grants.
 * Azure publishes them on pages that change without notice: look there before you decide anything by them.
 * Sources: "Azure Blob Storage pricing", "Azure Functions pricing", "Azure Managed Disks pricing". A GB here
 * is 2^30 bytes, as Azure bills it.
 */
export const PRICES_AS_OF = '2025-05';

export const BLOB_TIERS = {
  hot: { gbMonth: 0.0184, writesPer10k: 0.05, readsPer10k: 0.004, readGb: 0 },
  cool: { gbMonth: 0.01, writesPer10k: 0.1, readsPer10k: 0.01, readGb: 0.01 },
  cold: { gbMonth: 0.0036, writesPer10k: 0.18, readsPer10k: 0.1, readGb: 0.03 },
} as const;
export type BlobTier = keyof typeof BLOB_TIERS;

/** Snapshots and restore points lie on Standard HDD storage and are billed by used size. */
export const SNAPSHOT_GB_MONTH = 0.05;

/**
 * What a function app costs for the seconds that a transfer takes, and what it costs when it does nothing.
 */
export const PLANS = {
  'Flex Consumption, 2 GiB': { gib: 2, perGbSecond: 0.000026, perMillion: 0.4, monthly: 0 },
  'Consumption (retires 2028-09)': { gib: 1.5, perGbSecond: 0.000016, perMillion: 0.2, monthly: 0 },
  // One instance is always there: 1 vCPU at 116.80 and 3.5 GB at 8.322 a month.
  'Premium EP1': { gib: 3.5, perGbSecond: 0, perMillion: 0, monthly: 145.93 },
} as const;
export type PlanName = keyof typeof PLANS;
