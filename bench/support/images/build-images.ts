import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ByteRange } from '../../../src/disks/ports';
import { CHANGE_SETS, type ChangeSet, rewritten } from './change-sets';
import { copySparse, nonZeroRanges, readExactly } from './image-file';
import { type ImageScale, type ImageSpec, imageSpecs } from './specs';

const run = promisify(execFile);

/** Changes when other images would be built. */
const RECIPE = 2;
/** The time that files and file systems carry. */
const EPOCH_SECONDS = 1_700_000_000;
const MAKE_FILE_SYSTEM = 'mkfs.ext4';
const TOOLS = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

export interface BuildOptions {
  scale: ImageScale;
  disks: ImageSpec['name'][];
  say?(line: string): void;
}

interface Stamp {
  recipe: number;
  scale: ImageScale;
  images: BuiltImage[];
}

/** What an image is, as `NAME.alloc.json` and `NAME.diff.json` beside it tell too. */
export interface BuiltImage {
  name: string;
  file: string;
  sizeBytes: number;
  dataBytes: number;
}

/**
 * Makes the images of the benchmark in a folder: of each disk `NAME-v1.img`, and with three change sets
 * applied `NAME-v2c.img`, `NAME-v2s.img` and `NAME-v2t.img`. Needs no root; with `mkfs.ext4` they hold a real
 * file system, without it the files lie one behind the other. Contents are the same everywhere, places may
 * differ between machines. Images that are there already are kept.
 */
export async function buildImages(
  folder: string,
  { scale, disks, say = () => {} }: BuildOptions,
): Promise<BuiltImage[]> {
  await mkdir(folder, { recursive: true });
  const images: BuiltImage[] = [];
  for (const spec of imageSpecs(scale)) {
    if (!disks.includes(spec.name)) continue;
    const stamp = path.join(folder, `${spec.name}-images.json`);
    const found = existsSync(stamp) ? (JSON.parse(readFileSync(stamp, 'utf8')) as Stamp) : undefined;
    const known = found?.recipe === RECIPE && found.scale === scale ? found : undefined;
    const built = known?.images ?? (await buildDisk(folder, spec, say));
    if (!known)
      await writeFile(stamp, `${JSON.stringify({ recipe: RECIPE, scale, images: built } satisfies Stamp)}\n`);
    // The folder may have been moved.
    images.push(...built.map((image) => ({ ...image, file: path.join(folder, `${image.name}.img`) })));
  }
  return images;
}

async function buildDisk(
  folder: string,
  spec: ImageSpec,
  say: (line: string) => void,
): Promise<BuiltImage[]> {
  const first = path.join(folder, `${spec.name}-v1.img`);
  say(`making ${first} (${spec.sizeBytes / 2 ** 20} MiB)`);
  await makeFirst(first, spec);
  const { ranges } = await nonZeroRanges(first);
  const images = [await describe(first, spec, ranges)];
  for (const change of CHANGE_SETS) {
    const file = path.join(folder, `${spec.name}-${change.version}.img`);
    say(`making ${file}: ${change.what}`);
    await makeChanged(first, file, change, spec.sizeBytes, ranges);
    images.push(await describe(file, spec, (await nonZeroRanges(file)).ranges));
  }
  return images;
}

async function makeFirst(file: string, spec: ImageSpec): Promise<void> {
  const partial = `${file}.partial`;
  const handle = await open(partial, 'w');
  await handle.truncate(spec.sizeBytes);
  await handle.close();
  if (await hasFileSystemTool()) await makeFileSystem(partial, spec);
  else await layFiles(partial, spec);
  await rename(partial, file);
}

async function hasFileSystemTool(): Promise<boolean> {
  return run(MAKE_FILE_SYSTEM, ['-V'], { env: TOOLS }).then(
    () => true,
    () => false,
  );
}

async function makeFileSystem(file: string, spec: ImageSpec): Promise<void> {
  const tree = `${file}.tree`;
  try {
    for (const { path: name, bytes } of spec.files) {
      const target = path.join(tree, name);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, bytes());
      await utimes(target, EPOCH_SECONDS, EPOCH_SECONDS);
    }
    const id = '11111111-2222-3333-4444-555555555555';
    const options = `root_owner=0:0,hash_seed=${id},lazy_itable_init=1,lazy_journal_init=1`;
    await run(MAKE_FILE_SYSTEM, ['-q', '-F', '-L', spec.name, '-U', id, '-E', options, '-d', tree, file], {
      env: { ...TOOLS, E2FSPROGS_FAKE_TIME: String(EPOCH_SECONDS) },
    });
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

async function layFiles(file: string, { files }: ImageSpec): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    let offset = 2 ** 20;
    for (const { bytes } of files) {
      const content = bytes();
      await handle.write(content, 0, content.length, offset);
      offset += Math.ceil(content.length / 4096) * 4096;
    }
  } finally {
    await handle.close();
  }
}

async function makeChanged(
  first: string,
  file: string,
  change: ChangeSet,
  sizeBytes: number,
  allocated: ByteRange[],
): Promise<void> {
  await copySparse(first, file, allocated);
  const ranges = change.place(sizeBytes, allocated);
  const handle = await open(file, 'r+');
  try {
    for (const range of ranges) {
      const bytes = rewritten(range, await readExactly(handle, range.offset, range.length));
      await handle.write(bytes, 0, bytes.length, range.offset);
    }
  } finally {
    await handle.close();
  }
  await writeRanges(file.replace(/\.img$/, '.diff.json'), sizeBytes, ranges);
}

async function describe(file: string, spec: ImageSpec, ranges: ByteRange[]): Promise<BuiltImage> {
  await writeRanges(file.replace(/\.img$/, '.alloc.json'), spec.sizeBytes, ranges);
  const dataBytes = ranges.reduce((sum, { length }) => sum + length, 0);
  return { name: path.basename(file, '.img'), file, sizeBytes: spec.sizeBytes, dataBytes };
}

const writeRanges = (file: string, size: number, ranges: ByteRange[]) =>
  writeFile(file, JSON.stringify({ size, ranges: ranges.map(({ offset, length }) => [offset, length]) }));
