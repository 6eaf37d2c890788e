import { databasePages, logText, noise, program } from './content';
import type { Files, GuestWrites } from './file-system';

const KIB = 1024;
const MIB = 1024 * KIB;
const PAGE = 4 * KIB;

/**
 * One disk of the sample fleet: what is on it at first, and what its guest writes between the two backups.
 */
export interface SampleDiskContent {
  lun: number;
  label: string;
  sizeBytes: number;
  partitioned: boolean;
  files(): Files;
  writes(): GuestWrites;
}

/** A system disk: programs, logs that grow, an update that replaces a program, a cache that is cleared. */
function systemDisk(label: string, sizeBytes: number, programs: number): SampleDiskContent {
  const names = Array.from({ length: programs }, (_, index) => `sys/lib/lib${index}.so`);
  return {
    lun: -1,
    label,
    sizeBytes,
    partitioned: true,
    files: () => ({
      ...Object.fromEntries(names.map((name) => [name, program(`${label} ${name}`, 4 * MIB)])),
      'var/log/system.log': logText(`${label} system`, 3 * MIB),
      'var/cache/update.bin': noise(`${label} cache`, 4 * MIB),
    }),
    writes: () => ({
      write: {
        'sys/lib/lib1.so': program(`${label} update`, 4 * MIB),
        'var/log/audit.log': logText(`${label} audit`, 700 * KIB),
      },
      remove: ['var/cache/update.bin'],
    }),
  };
}

/** A database disk: one large file in which single pages all over change in place, and a log that grows. */
function databaseDisk(
  lun: number,
  label: string,
  sizeBytes: number,
  pages: number,
  changedPages: number,
): SampleDiskContent {
  const changed = scattered(`${label} writes`, pages, changedPages);
  return {
    lun,
    label,
    sizeBytes,
    partitioned: false,
    files: () => ({
      'db/orders.db': databasePages(label, 0, pages, 1),
      'db/orders.wal': noise(`${label} wal`, MIB),
    }),
    writes: () => ({
      overwrite: changed.map((page) => ({
        path: 'db/orders.db',
        offset: page * PAGE,
        bytes: databasePages(label, page, 1, 2),
      })),
      write: { 'db/orders2.wal': noise(`${label} second wal`, 512 * KIB) },
    }),
  };
}

/** A disk of uploads: files that nothing makes smaller; some come, one goes. */
function uploadsDisk(lun: number, label: string, sizeBytes: number, uploads: number): SampleDiskContent {
  const upload = (index: number) => noise(`${label} upload ${index}`, 2 * MIB + index * 1000);
  return {
    lun,
    label,
    sizeBytes,
    partitioned: true,
    files: () => Object.fromEntries(Array.from({ length: uploads }, (_, i) => [`up/${i}.jpg`, upload(i)])),
    writes: () => ({
      write: { [`up/${uploads}.jpg`]: upload(uploads), [`up/${uploads + 1}.jpg`]: upload(uploads + 1) },
      remove: ['up/3.jpg'],
    }),
  };
}

/** Page numbers all over a file, the same for the same seed. */
function scattered(seed: string, pages: number, count: number): number[] {
  const random = noise(seed, count * 4);
  const numbers = Array.from({ length: count }, (_, index) => random.readUInt32LE(index * 4) % pages);
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** What lies on the disks of the sample fleet's VMs. */
export const SAMPLE_DISKS = {
  sql: [systemDisk('WINSQL', 96 * MIB, 6), databaseDisk(0, 'SQLDATA', 64 * MIB, 8000, 300)],
  web: [
    systemDisk('WEBROOT', 128 * MIB, 8),
    uploadsDisk(0, 'UPLOADS', 80 * MIB, 12),
    // No multiple of the 4 MiB chunk, nor of a page: only of a sector.
    databaseDisk(1, 'WEBDATA', 49 * MIB + 5 * 512, 5000, 200),
  ],
  archive: [systemDisk('ARCHIVE', 48 * MIB, 3)],
  legacy: [systemDisk('LEGACY', 64 * MIB, 4)],
};
