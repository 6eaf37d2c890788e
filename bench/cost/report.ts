import { markdownTable } from '../support/page';
import { type CostInput, delta, type FindMode, firstBackup, monthlyCost } from './estimate';
import { BLOB_TIERS, PLANS, type PlanName, PRICES_AS_OF } from './prices';

const GIB = 2 ** 30;
const MODES: FindMode[] = ['changed blocks', 'all data read'];

/** What the backups of one disk cost, as tables in Markdown. */
export function renderCost(input: CostInput): string {
  const { diskBytes, usedShare, churnShare, retentionDays, tier, compression } = input;
  const percent = (share: number) => `${Number((share * 100).toFixed(2))} %`;
  return [
    `A disk of ${(diskBytes / GIB).toFixed(0)} GiB, ${percent(usedShare)} used, ${percent(churnShare)} changed each day, stored at ${percent(compression)} of its size, ${retentionDays} daily points kept, tier ${tier}. List prices in US dollars, East US, locally redundant, as of ${PRICES_AS_OF}, without free grants.`,
    workTable(input),
    monthTable(input),
    `Not counted: reading the snapshot itself, the storage of the function app, and what the orchestrator's own storage transactions cost. Restoring once reads ${(firstBackup(input).storedBytes / GIB).toFixed(0)} GiB: ${dollars(restoreCost(input))}.`,
  ].join('\n\n');
}

function workTable(input: CostInput): string {
  const rows = [
    ['first backup', firstBackup(input)] as const,
    ...MODES.map((mode) => [`delta, ${mode}`, delta(input, mode)] as const),
  ];
  return markdownTable(
    ['backup', 'read GiB', 'stored GiB', 'write requests', 'read requests', 'hours at 60 MiB/s'],
    rows.map(([name, { readBytes, storedBytes, writes, reads, seconds }]) => [
      name,
      (readBytes / GIB).toFixed(1),
      (storedBytes / GIB).toFixed(1),
      String(writes),
      String(reads),
      (seconds / 3600).toFixed(2),
    ]),
  );
}

function monthTable(input: CostInput): string {
  const plans = Object.keys(PLANS) as PlanName[];
  return markdownTable(
    ['a month', 'GB-months', 'storage', 'requests', 'snapshots', ...plans.map((plan) => `all, on ${plan}`)],
    MODES.map((mode) => {
      const { storedGib, storage, requests, snapshots, total } = monthlyCost(input, mode);
      const figures = [storage, requests, snapshots, ...plans.map((plan) => total[plan])];
      return [mode, storedGib.toFixed(0), ...figures.map(dollars)];
    }),
  );
}

function restoreCost(input: CostInput): number {
  const { storedBytes, writes } = firstBackup(input);
  const { readGb, readsPer10k } = BLOB_TIERS[input.tier];
  return (storedBytes / GIB) * readGb + (writes * readsPer10k) / 10_000;
}

const dollars = (value: number): string => `$${value.toFixed(2)}`;
