import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ImageScale } from '../support/images/specs';
import type { PeerName } from './peers';
import { type DiskName, STEPS, type StepId } from './steps';

/** What `npm run bench` does. */
export interface BenchOptions {
  disks: DiskName[];
  peers: PeerName[];
  steps: StepId[];
  repeats: number;
  /** Peers that take part in the first repeats only. */
  repeatsOf: Partial<Record<PeerName, number>>;
  scale: ImageScale;
  /** Folder of the images; kept. */
  images: string;
  /** Where the folder of everything else is made; it is gone afterwards. */
  work: string;
  /** File for the JSON. */
  out: string;
  /** Put the figures into docs/performance.md. */
  publish: boolean;
  /** Results of an earlier run, to be shown and published instead of measuring. */
  from?: string;
  profileFolder?: string;
}

const PEERS: PeerName[] = ['restic', 'rclone', 'borg'];

/**
 * Reads the command line of `npm run bench`. Ends the process with a usage message on what it does not know.
 */
export function parseBenchOptions(args: string[]): BenchOptions {
  const stepIds = STEPS.map(({ id }) => id);
  const command = new Command('npm run bench --')
    .description('Measures the data path beside restic, rclone and borg, against one Azurite.')
    .addOption(listOption('--disks <names>', 'disks to measure', ['os', 'data']))
    .addOption(listOption('--peers <names>', 'whom to measure beside; none with --no-peers', PEERS))
    .option('--no-peers', 'measure nobody beside')
    .addOption(listOption('--steps <names>', 'what to measure besides the first backup', stepIds))
    .option('--repeats <number>', 'how often', positive, 5)
    .option('--repeats-of <peer=number>', 'how often this peer takes part; may be repeated', addRepeats, {})
    .addOption(
      new Option('--scale <scale>', 'size of the images').choices(['full', 'small', 'tiny']).default('full'),
    )
    .option('--images <folder>', 'where the images are, or will be made', 'bench/out/images')
    .option('--work <folder>', 'where Azurite and the emulator get a folder', 'bench/out')
    .option('--out <file>', 'the results as JSON', 'bench/out/results.json')
    .option('--publish', 'put the figures into docs/performance.md', false)
    .option('--from <file>', 'show and publish earlier results instead of measuring')
    .option('--profile <folder>', 'leave a CPU profile of every step of the data path there')
    .parse(args, { from: 'user' });
  const { disks, peers, steps, repeats, repeatsOf, scale, images, work, out, publish, from, profile } =
    command.opts();
  const folder = scale === 'full' ? images : path.join(images, scale);
  return {
    // Everything else starts from the first backup.
    steps: steps.includes('full') ? steps : ['full', ...steps],
    disks,
    repeats,
    repeatsOf,
    scale,
    publish,
    peers: peers || [],
    images: path.resolve(folder),
    work: path.resolve(work),
    out: path.resolve(out),
    from: from && path.resolve(from),
    profileFolder: profile && path.resolve(profile),
  };
}

const listOption = (flags: string, description: string, all: string[]) =>
  new Option(flags, `${description} (${all.join(',')})`).default(all, 'all').argParser((text: string) => {
    const names = text.split(',').filter(Boolean);
    const unknown = names.find((name) => !all.includes(name));
    if (unknown !== undefined)
      throw new InvalidArgumentError(`There is no ${unknown}: choose of ${all.join(', ')}.`);
    return names;
  });

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It is a whole number from 1 on.');
  return number;
}

function addRepeats(text: string, known: BenchOptions['repeatsOf']): BenchOptions['repeatsOf'] {
  const [peer, number = ''] = text.split('=');
  if (!PEERS.includes(peer as PeerName))
    throw new InvalidArgumentError(`There is no ${peer}: choose of ${PEERS.join(', ')}.`);
  return { ...known, [peer as PeerName]: positive(number) };
}
