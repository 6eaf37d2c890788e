import { type Conditions, conditionsInWords } from '../support/conditions';
import { markdownTable } from '../support/page';
import type { DeltaRow } from './disks';
import type { FleetRow } from './fleet';
import type { GarbageRow } from './garbage';

/**
 * What `npm run bench:growth` measured, part by part; parts that were left out keep what an earlier run had.
 */
export interface GrowthResult {
  disks?: { conditions: Conditions; rows: DeltaRow[] };
  fleets?: { conditions: Conditions; rows: FleetRow[] };
  garbage?: { conditions: Conditions; rows: GarbageRow[] };
}

/** The figures as tables in Markdown. */
export function renderGrowth({ disks, fleets, garbage }: GrowthResult): string {
  return [
    ...(disks ? ['### Disks', conditionsInWords(disks.conditions), disksTable(disks.rows)] : []),
    ...(fleets ? ['### Fleets', conditionsInWords(fleets.conditions), ...fleetTables(fleets.rows)] : []),
    ...(garbage
      ? [
          '### Prune and garbage collection',
          conditionsInWords(garbage.conditions),
          garbageTable(garbage.rows),
        ]
      : []),
  ].join('\n\n');
}

const disksTable = (rows: DeltaRow[]): string =>
  markdownTable(
    [
      'disk',
      'changed MiB',
      'where',
      'seconds',
      'requests',
      'uploaded MiB',
      'index KiB',
      'manifest bytes',
      'plan and parts KiB',
      'peak MiB',
    ],
    rows.map((row) => [
      `${row.diskGiB} GiB`,
      row.changedMiB.toFixed(1),
      row.spread,
      row.seconds.toFixed(2),
      row.requests.toFixed(0),
      row.uploadedMiB.toFixed(1),
      row.indexKiB.toFixed(1),
      row.manifestBytes.toFixed(0),
      row.runKiB.toFixed(1),
      row.peakMiB.toFixed(0),
    ]),
  );

function fleetTables(rows: FleetRow[]): string[] {
  const processes = [...new Set(rows.flatMap(({ cpuSecondsPerJob }) => Object.keys(cpuSecondsPerJob)))];
  const names = [...new Set(rows.flatMap(({ orchestrations }) => orchestrations.map(({ name }) => name)))];
  return [
    markdownTable(
      [
        'VMs',
        'backed up',
        'seconds',
        'jobs a minute',
        'requests a job',
        'history characters a job',
        ...processes.map((name) => `${name}, CPU ms a job`),
      ],
      rows.map((row) => [
        String(row.vms),
        String(row.succeeded),
        row.seconds.toFixed(1),
        row.jobsPerMinute.toFixed(0),
        row.requestsPerJob.toFixed(1),
        row.historyCharactersPerJob.toFixed(0),
        ...processes.map((name) => ((row.cpuSecondsPerJob[name] ?? 0) * 1000).toFixed(0)),
      ]),
    ),
    'Events in the longest history of each orchestrator (instances):',
    markdownTable(
      ['VMs', ...names],
      rows.map(({ vms, orchestrations }) => [
        String(vms),
        ...names.map((name) => {
          const found = orchestrations.find((each) => each.name === name);
          return found ? `${found.mostEvents} (${found.instances})` : '';
        }),
      ]),
    ),
  ];
}

const garbageTable = (rows: GarbageRow[]): string =>
  markdownTable(
    [
      'chunks',
      'points',
      'prune s',
      'prune requests',
      'collection s',
      'collection requests',
      'blobs deleted',
      'vault in memory MiB',
      'grown by MiB',
    ],
    rows.map((row) => [
      String(row.chunks),
      String(row.points),
      row.pruneSeconds.toFixed(2),
      String(row.pruneRequests),
      row.collectSeconds.toFixed(2),
      String(row.collectRequests),
      String(row.deletedBlobs),
      row.storeMiB.toFixed(0),
      row.grownMiB.toFixed(0),
    ]),
  );
