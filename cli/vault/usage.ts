import { allPages } from '../../client/all-pages';
import type { AnswerOf } from '../../client/api-client';
import type { Session } from '../command/session';
import type { Column } from '../output/column';
import { size, time } from '../output/people';
import { table } from '../output/table';

type Usage = AnswerOf<'getVault'>;
type VmUsage = Usage['vms'][number];

const bytes = (name: string, title: string, value: (usage: Usage) => number | undefined): Column<Usage> => ({
  name,
  title,
  value,
  people: (usage) => size(value(usage)),
});

const FIELDS: Column<Usage>[] = [
  {
    name: 'measuredAt',
    title: 'Counted',
    value: ({ measuredAt }) => measuredAt,
    people: ({ measuredAt }) => time(measuredAt),
  },
  bytes('totalBytes', 'In the vault', ({ totalBytes }) => totalBytes),
  bytes('neededBytes', 'Needed by points', ({ neededBytes }) => neededBytes),
  bytes('unneededBytes', 'Needed by none', ({ unneededBytes }) => unneededBytes),
  { name: 'points', title: 'Points', value: ({ points }) => points },
  { name: 'deletedPoints', title: 'Deleted points', value: ({ deletedPoints }) => deletedPoints },
  {
    name: 'unreadablePoints',
    title: 'Unreadable points',
    value: ({ unreadablePoints }) => unreadablePoints.length,
  },
  { name: 'damageNotes', title: 'Damaged blobs', value: ({ damageNotes }) => damageNotes },
  bytes('freedBytes', 'A collection frees', ({ nextCollection }) => nextCollection.freedBytes),
  bytes('youngBytes', 'Too young to go', ({ nextCollection }) => nextCollection.youngBytes),
  bytes('waitingBytes', 'In grace periods', ({ nextCollection }) => nextCollection.waitingBytes),
];
const VMS: Column<VmUsage>[] = [
  { name: 'vm', title: 'VM', value: ({ vm }) => vm },
  { name: 'points', title: 'Points', value: ({ points }) => points, right: true },
  {
    name: 'logicalBytes',
    title: 'As whole disks',
    value: ({ logicalBytes }) => logicalBytes,
    people: ({ logicalBytes }) => size(logicalBytes),
    right: true,
  },
  {
    name: 'ownBytes',
    title: 'Of its own',
    value: ({ ownBytes }) => ownBytes,
    people: ({ ownBytes }) => size(ownBytes),
    right: true,
  },
  {
    name: 'sharedBytes',
    title: 'Shared',
    value: ({ sharedBytes }) => sharedBytes,
    people: ({ sharedBytes }) => size(sharedBytes),
    right: true,
  },
];

/** All VMs, as one page. */
export async function vaultUsage(session: Session): Promise<void> {
  let usage: Usage | undefined;
  for await (const { next: _, ...page } of allPages(session.api.getVault)) {
    usage = usage ? { ...usage, vms: [...usage.vms, ...page.vms] } : page;
  }
  if (usage) session.show(usage, FIELDS, [table(VMS, usage.vms)]);
}
