import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { append, type Run } from './runs';

const SECTOR_BYTES = 512;

/** A program that prints the extents of the file named behind its arguments. */
export interface Helper {
  command: string;
  args: readonly string[];
}

/**
 * Node cannot ask the file system where a sparse file holds data (lseek with SEEK_DATA and
 * SEEK_HOLE), Perl and Python can, and nearly every Linux and macOS has one of the two. Each prints
 * one line "start end" per extent.
 */
export const HELPERS: readonly Helper[] = [
  {
    command: 'perl',
    args: [
      '-e',
      'my ($data, $hole) = $^O eq "darwin" ? (4, 3) : (3, 4); open(my $file, "<", $ARGV[0]) or die $!; ' +
        'my $at = 0;' +
        'while (defined(my $start = sysseek($file, $at, $data))) {' +
        'my $end = sysseek($file, $start, $hole); defined $end or die $!; ' +
        'print $start + 0, " ", $end + 0, "\\n"; $at = $end + 0; }' +
        '$!{ENXIO} or die $!;',
    ],
  },
  {
    command: 'python3',
    args: [
      '-c',
      'import errno, os, sys\n' +
        'file, at = os.open(sys.argv[1], os.O_RDONLY), 0\n' +
        'while True:\n' +
        '  try: start = os.lseek(file, at, os.SEEK_DATA)\n' +
        '  except OSError as e:\n' +
        '    if e.errno == errno.ENXIO: break\n' +
        '    raise\n' +
        '  at = os.lseek(file, start, os.SEEK_HOLE)\n' +
        '  print(start, at)\n',
    ],
  },
];

/**
 * Where a file holds data, widened to whole sectors of 512 bytes; everything else is holes
 * and reads as zeros. Where neither helper can be run the whole file counts as data:
 * correct, only slower for sparse files.
 */
export async function dataRuns(path: string, helpers = HELPERS): Promise<Run<'data'>[]> {
  const { size, blocks } = await stat(path);
  const everything: Run<'data'>[] = size === 0 ? [] : [{ start: 0, end: size, value: 'data' }];
  const isSparse = blocks * SECTOR_BYTES < size;
  if (!isSparse) return everything;
  for (const helper of helpers) {
    const lines = await run(helper.command, [...helper.args, path]);
    if (lines !== undefined) return parseExtents(lines, size);
  }
  return everything;
}

function parseExtents(lines: string, size: number): Run<'data'>[] {
  const runs: Run<'data'>[] = [];
  for (const line of lines.split('\n').filter((text) => text !== '')) {
    const [start, end] = line.split(' ').map(Number);
    if (start === undefined || end === undefined) continue;
    const from = Math.max(Math.floor(start / SECTOR_BYTES) * SECTOR_BYTES, runs.at(-1)?.end ?? 0);
    append(runs, from, Math.min(Math.ceil(end / SECTOR_BYTES) * SECTOR_BYTES, size), 'data');
  }
  return runs;
}

function run(command: string, args: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 256 * 1024 * 1024 }, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
}
