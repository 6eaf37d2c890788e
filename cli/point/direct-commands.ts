// What needs no system, only the vault.

import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseSize } from '../command/parse-size';
import { sessionOf } from '../command/session';
import { verb, withVault } from '../command/verb';
import { copyPoints } from '../direct/copy';
import { type ExportOptions, exportPoint } from './export';
import { type ServeOptions, servePoint } from './serve';

export function addExport(point: Command): void {
  withVault(
    verb(
      point,
      'export <point>',
      'write a disk of a point to a file, to stdout, or to a managed disk that waits for its upload',
      {
        line: 'vmbackup point export web-1@latest --disk os --to web-1-os.img',
        does: 'raw and sparse, with its SHA-256 at the end',
      },
      {
        line: 'vmbackup point export web-1@latest --disk 0 --to web-1-data.vhd --format vhd',
        does: 'a fixed VHD, as Azure takes it',
      },
      {
        line: 'vmbackup point export web-1@latest --disk os --to - | head -c 512 > boot-sector',
        does: 'to a program',
      },
    ),
  )
    .option('--disk <disk>', 'which one, where there are several: its id, its name or its LUN')
    .requiredOption('--to <file>', 'the file, or a folder; - for stdout; the link of an upload')
    .addOption(new Option('--format <format>', 'form of the file').choices(['raw', 'vhd']).default('raw'))
    .option('--resume', 'go on with what an earlier export has left, after checking it')
    .option('--skip-damaged', 'leave what is damaged as zeros, instead of refusing')
    .option('--strict', 'with --skip-damaged: end with code 7 where something was damaged')
    .option('--no-digest', 'leave the SHA-256 out, for which the holes of a disk have to be hashed too')
    .action((text: string, options: ExportOptions, command: Command) =>
      exportPoint(sessionOf(command), text, options),
    );
}

const DEFAULT_FOLDER_SIZE = '1G';

export function addServe(point: Command): void {
  withVault(
    verb(
      point,
      'serve <point...>',
      'serve the disks of points as block devices (NBD), until Ctrl-C; the vault is never written',
      {
        line: 'vmbackup point serve web-1@latest',
        does: 'all its disks, read-only, on a socket that only you can open; docs/served-points.md shows uses',
      },
      {
        line: 'vmbackup point serve web-1@latest --disk os --overlay changes',
        does: 'one disk, to be written to: the changes go to a file of their own, and are there the next time',
      },
    ),
  )
    .option('--disk <disk...>', 'only this disk; may be repeated')
    .option('--socket <path>', 'the Unix socket; a new one in a folder of its own when left out')
    .option('--port <number>', 'a port of the loopback instead, 0 for any that is free', port)
    .option('--writable', 'clients may write; what they write is thrown away at the end')
    .option('--overlay <file>', 'clients may write; what they write is kept in this file')
    .option('--cache <size>', 'memory for what is read again; 32M when left out', parseSize)
    .option('--cache-folder <folder>', 'keep what was read here as well, for the next time')
    .addOption(
      new Option('--cache-folder-size <size>', 'how large that may grow')
        .argParser(parseSize)
        .default(parseSize(DEFAULT_FOLDER_SIZE), DEFAULT_FOLDER_SIZE),
    )
    .action((texts: string[], options: ServeOptions, command: Command) =>
      servePoint(sessionOf(command), texts, options),
    );
}

export function addCopy(point: Command): void {
  withVault(
    verb(point, 'copy <point...>', 'copy points to a folder or another container, with all that they need', {
      line: 'vmbackup point copy web-1@latest --to one-point',
      does: 'a vault by itself, for somebody else or another place; vmbackup vault copy takes all points',
    }),
  )
    .requiredOption('--to <vault>', 'a folder, or the URL of a container')
    .action((texts: string[], { to }: { to: string }, command: Command) =>
      copyPoints(sessionOf(command), texts, to),
    );
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new InvalidArgumentError('Give a number below 65536.');
}
