import { allItems } from '../../client/all-pages';
import type { Job, VmDescription } from '../../client/api-types';
import type { GuestWrite } from '../../client/emulator-client';
import { formatBytes } from '../../client/format-bytes';
import { backUpBySchedule } from './back-up';
import { type DemoParts, POLICIES } from './parts';
import { failedJobs, leftovers, mismatches, missingJobs } from './problems';
import { backupTable, fleetInWords, fleetTable, outcomeTable } from './report';
import { type Comparison, compareWithImages, restorePoints } from './restore';
import { diskIdOf, diskInWords } from './words';

export interface Outcome {
  /** The jobs of the first and of the second backup. */
  backups: [Job[], Job[]];
  restores: Job[];
  comparisons: Comparison[];
  /** Everything that is not as promised, in words; empty when all is well. */
  problems: string[];
}

/**
 * The whole process on a running system: the timer starts the first backups, the guests write, the timer
 * starts the second ones, both points of every VM are restored to new disks and compared with the image
 * files. No part of the system has made the image files: they are the judge.
 */
export async function runProcess(parts: DemoParts): Promise<Outcome> {
  const { screen, fleet } = parts;
  screen.chapter('The fleet');
  const vms = await discoverFleet(parts);
  screen.table(fleetTable(fleet.vms));
  for (const line of fleetInWords(fleet.vms)) screen.line(line);

  screen.chapter('First backup: the vault is empty, so everything is read');
  const first = await backUpBySchedule(parts, vms);
  screen.table(backupTable(fleet.vms, first));

  screen.chapter('The guests write');
  await letGuestsWrite(parts);

  screen.chapter('Second backup: only what changed travels');
  const second = await backUpBySchedule(parts, vms);
  screen.table(backupTable(fleet.vms, second));

  screen.chapter('Restore of the first point of every VM, to new managed disks');
  const firstRestores = await restorePoints(parts, vms, first);
  screen.chapter('Restore of the second point of every VM');
  const secondRestores = await restorePoints(parts, vms, second);

  screen.chapter('SHA-256 of what came back, beside what each disk held at its snapshot');
  const restores = [...firstRestores, ...secondRestores];
  const comparisons = [
    ...(await compareWithImages(parts, firstRestores, 1)),
    ...(await compareWithImages(parts, secondRestores, 2)),
  ];
  screen.table(outcomeTable(comparisons));
  const names = fleet.vms.map(({ name }) => name);
  const problems = [
    ...missingJobs(names, first, 'first backup'),
    ...missingJobs(names, second, 'second backup'),
    ...failedJobs([...first, ...second, ...restores]),
    ...mismatches(comparisons),
    ...(await lookAround(parts)),
  ];
  return { backups: [first, second], restores, comparisons, problems };
}

async function discoverFleet({ api, fleet }: DemoParts): Promise<VmDescription[]> {
  const found = await allItems(api.listVms, ({ vms }) => vms);
  const unseen = fleet.vms.filter(({ name }) => !found.some((vm) => vm.name === name));
  if (unseen.length > 0)
    throw new Error(`The app does not see ${unseen.map(({ name }) => name).join(', ')}.`);
  return found;
}

async function letGuestsWrite({ emulator, fleet, screen }: DemoParts): Promise<void> {
  for (const vm of fleet.vms) {
    const tell = (text: string) => screen.event({ vm: vm.name, text, tone: 'plain' });
    if (vm.powerState !== 'running') tell('is off and writes nothing');
    for (const { lun, first, second } of vm.disks) {
      if (second === first) continue;
      const written = await emulator.writeImage(vm.name, lun, second);
      tell(`${diskInWords(diskIdOf(lun))}: ${writtenInWords(written)}`);
    }
  }
}

const writtenInWords = ({ changedBytes, clearedBytes, changedRanges }: GuestWrite) =>
  `${formatBytes(changedBytes)} written, ${formatBytes(clearedBytes)} cleared, in ${changedRanges} places`;

/** What lies about in the emulated Azure at the end. */
async function lookAround({ emulator, fleet, screen }: DemoParts): Promise<string[]> {
  const state = await emulator.state();
  const keeping = fleet.vms.filter(({ policy }) => policy === POLICIES.keeping).map(({ name }) => name);
  const problems = leftovers(state, keeping);
  if (problems.length === 0) {
    screen.line(
      'No disk access is open. The only snapshots are those that a policy keeps for instant restore:',
    );
    screen.line(
      keeping
        .map((vm) => `${vm}: ${state.restorePoints.filter((point) => point.vm === vm).length}`)
        .join(', '),
    );
  }
  return problems;
}
