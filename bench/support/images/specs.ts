import { databasePages, logText, noise, program } from '../../../local/fleet/content';

const KIB = 1024;
const MIB = 1024 * KIB;
const PAGE = 4 * KIB;

/** A file on a benchmark disk; its bytes are made when they are needed. */
export interface ImageFile {
  path: string;
  bytes(): Buffer;
}

/** One disk of the benchmark: a file system of fixed content, three fifths full. */
export interface ImageSpec {
  name: 'os' | 'data';
  sizeBytes: number;
  files: ImageFile[];
}

/**
 * How large the images are: `full` for published figures, `small` for trying things out, `tiny` for the smoke
 * run.
 */
export type ImageScale = 'full' | 'small' | 'tiny';

const OS_MIB: Record<ImageScale, number> = { full: 4096, small: 512, tiny: 64 };

/** The disks of the benchmark. An OS disk holds mostly programs, the data disk databases, logs and media. */
export function imageSpecs(scale: ImageScale): ImageSpec[] {
  const osBytes = OS_MIB[scale] * MIB;
  const dataBytes = osBytes / 2;
  return [
    {
      name: 'os',
      sizeBytes: osBytes,
      files: [
        ...filled('usr/lib', osBytes * 0.26, [180, 700, 1400, 4096], program),
        ...filled('usr/share', osBytes * 0.17, [24, 90, 400], logText),
        ...filled('usr/share/small', osBytes * 0.01, [6, 11, 30], logText),
        ...filled('var/log', osBytes * 0.06, [8 * KIB], logText),
        ...filled('var/cache', osBytes * 0.04, [3 * KIB], noise),
        ...filled('var/lib/db', osBytes * 0.06, [16 * KIB], pages),
      ],
    },
    {
      name: 'data',
      sizeBytes: dataBytes,
      files: [
        ...filled('db', dataBytes * 0.2, [32 * KIB], pages),
        ...filled('logs', dataBytes * 0.15, [8 * KIB], logText),
        ...filled('app', dataBytes * 0.05, [40, 300, 900], program),
        ...filled('media', dataBytes * 0.2, [KIB, 3 * KIB, 8 * KIB], noise),
      ],
    },
  ];
}

const pages = (seed: string, sizeBytes: number) => databasePages(seed, 0, Math.ceil(sizeBytes / PAGE), 1);

/** Files of the given sizes in turn, in KiB, until they hold `totalBytes`; 64 to a folder. */
function filled(
  folder: string,
  totalBytes: number,
  sizesKib: number[],
  content: (seed: string, sizeBytes: number) => Buffer,
): ImageFile[] {
  const files: ImageFile[] = [];
  for (let total = 0; total < totalBytes; ) {
    const number = files.length;
    const size = Math.min((sizesKib[number % sizesKib.length] ?? 64) * KIB, Math.ceil(totalBytes - total));
    const path = `${folder}/${Math.floor(number / 64)}/${number}`;
    files.push({ path, bytes: () => content(path, size) });
    total += size;
  }
  return files;
}
