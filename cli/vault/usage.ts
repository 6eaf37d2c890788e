import { allPages } from '../../client/all-pages';
import type { AnswerOf } from '../../client/api-client';
import type { Session } from '../command/session';
import { inVault } from '../direct/in-vault';
import { library } from '../direct/load-library';
import type { Column } from '../output/column';
import { sizeColumn, timeColumn } from '../output/figure-columns';
import { table } from '../output/table';

type Usage = AnswerOf<'getVault'>;
type VmUsage = Usage['vms'][number];

const FIELDS: Column<Usage>[] = [
  timeColumn('measuredAt', 'Counted', ({ measuredAt }) => measuredAt),
  sizeColumn('totalBytes', 'In the vault', ({ totalBytes }) => totalBytes),
  sizeColumn('neededBytes', 'Needed by points', ({ neededBytes }) => neededBytes),
  sizeColumn('unneededBytes', 'Needed by none', ({ unneededBytes }) => unneededBytes),
  { name: 'points', title: 'Points', value: ({ points }) => points },
  { name: 'deletedPoints', title: 'Deleted points', value: ({ deletedPoints }) => deletedPoints },
  {
    name: 'unreadablePoints',
    title: 'Unreadable points',
    value: ({ unreadablePoints }) => unreadablePoints.length,
  },
  { name: 'damageNotes', title: 'Damaged blobs', value: ({ damageNotes }) => damageNotes },
  sizeColumn('freedBytes', 'A collection frees', ({ nextCollection }) => nextCollection.freedBytes),
  sizeColumn('youngBytes', 'Too young to go', ({ nextCollection }) => nextCollection.youngBytes),
  sizeColumn('waitingBytes', 'In grace periods', ({ nextCollection }) => nextCollection.waitingBytes),
];
const VMS: Column<VmUsage>[] = [
  { name: 'vm', title: 'VM', value: ({ vm }) => vm },
  { name: 'points', title: 'Points', value: ({ points }) => points, right: true },
  sizeColumn('logicalBytes', 'As whole disks', ({ logicalBytes }) => logicalBytes),
  sizeColumn('ownBytes', 'Of its own', ({ ownBytes }) => ownBytes),
  sizeColumn('sharedBytes', 'Shared', ({ sharedBytes }) => sharedBytes),
];

/** All VMs, as one page: as maintenance counted them, or straight from a vault, counted now. */
export async function vaultUsage(session: Session): Promise<void> {
  if (session.namedVault)
    return inVault(session, '', async (vault, signal) =>
      show(session, await library().countUsage(vault, signal)),
    );
  let usage: Usage | undefined;
  for await (const { next: _, ...page } of allPages(session.api.getVault)) {
    usage = usage ? { ...usage, vms: [...usage.vms, ...page.vms] } : page;
  }
  if (usage) show(session, usage);
}

const show = (session: Session, usage: Usage): void => session.show(usage, FIELDS, [table(VMS, usage.vms)]);
