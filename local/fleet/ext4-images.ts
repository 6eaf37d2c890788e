import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { DiskImage, FileSystemMaker, Files } from './file-system';
import { masterBootRecord, PARTITION_OFFSET, PARTITION_TYPE, writeInto } from './image';

const run = promisify(execFile);

const BLOCK = 4096;
/** Where the tools lie on most systems; a user's PATH often lacks them. */
const TOOL_PATH = `${process.env.PATH}:/usr/sbin:/sbin:/usr/local/sbin`;
/** 2 January 2026, 03:04:06, as debugfs takes it. */
const INSTANT = '20260102030406';
/** The same as seconds since 1970: e2fsprogs takes it for "now". */
const CLOCK = { E2FSPROGS_FAKE_TIME: '1767323046', SOURCE_DATE_EPOCH: '1767323046', TZ: 'UTC' };

/** The greeting, and a folder that is there already. */
const HARMLESS = /^debugfs \d|mkdir: .*already exists/;

/** Images with an ext4 file system, made by e2fsprogs without root rights. */
export const ext4Images: FileSystemMaker = {
  name: 'ext4',

  async create(image, files) {
    await withTree(image, files, async (tree) => {
      await blankImage(image);
      await makeFileSystem(image, tree);
    });
    await setClocks(image, files);
  },

  async apply(image, { write = {}, overwrite = [], remove = [] }) {
    // A file's blocks stay where they are while pages of it are overwritten: one question for all of them.
    for (const file of new Set(overwrite.map(({ path }) => path))) {
      const blocks = await blocksOf(image, file);
      const own = overwrite.filter(({ path }) => path === file);
      await writeInto(
        image.file,
        own.flatMap(({ offset, bytes }) => pieces(image, blocks, offset, bytes)),
      );
    }
    await removeAndTrim(image, [...remove, ...Object.keys(write)]);
    await withTree(image, write, (tree) =>
      debugfs(image, [
        ...directoriesOf(write).map((directory) => `mkdir /${directory}`),
        ...Object.keys(write).map((file) => `write ${path.join(tree, file)} /${file}`),
      ]),
    );
  },
};

/** Whether this machine has what `ext4Images` needs. */
export async function hasExt4Tools(): Promise<boolean> {
  try {
    await tool('mkfs.ext4', ['-V']);
    await tool('debugfs', ['-V']);
    return true;
  } catch {
    return false;
  }
}

const volumeOffset = ({ partitioned }: Pick<DiskImage, 'partitioned'>) =>
  partitioned ? PARTITION_OFFSET : 0;

const blockOffset = (image: DiskImage, block: number) => volumeOffset(image) + block * BLOCK;

const tool = (name: string, args: string[]) =>
  run(name, args, { env: { ...process.env, ...CLOCK, PATH: TOOL_PATH }, maxBuffer: 64 << 20 });

async function blankImage({ file, sizeBytes, partitioned, label }: DiskImage): Promise<void> {
  const handle = await open(file, 'w');
  await handle.truncate(sizeBytes);
  if (partitioned) {
    const signature = createHash('sha256').update(label).digest().readUInt32LE();
    await handle.write(masterBootRecord(sizeBytes, PARTITION_TYPE.linux, signature), 0, 512, 0);
  }
  await handle.close();
}

/** Makes the file system, with the files of a folder in it. */
async function makeFileSystem(
  { file, label, sizeBytes, partitioned }: DiskImage,
  tree: string,
): Promise<void> {
  const offset = volumeOffset({ partitioned });
  const options = ['-q', '-F', '-b', String(BLOCK), '-m', '0', '-J', 'size=4'];
  options.push('-L', label, '-U', uuidOf(label), '-d', tree);
  options.push('-E', `root_owner=0:0,hash_seed=${uuidOf(`${label} names`)},offset=${offset}`);
  await tool('mkfs.ext4', [...options, file, String(Math.floor((sizeBytes - offset) / BLOCK))]);
}

/**
 * The tool takes over times and owners of the folder that it copies; these are what a guest
 * would have, each time the same.
 */
async function setClocks(image: DiskImage, files: Files): Promise<void> {
  const paths = ['', ...directoriesOf(files), ...Object.keys(files)];
  const fields = Object.entries({ atime: INSTANT, ctime: INSTANT, mtime: INSTANT, uid: '0', gid: '0' });
  await debugfs(
    image,
    paths.flatMap((file) => fields.map(([field, value]) => `set_inode_field /${file} ${field} ${value}`)),
  );
}

/** Puts the files into a folder beside the image, from which the tools take them. */
async function withTree(
  image: DiskImage,
  files: Files,
  use: (tree: string) => Promise<unknown>,
): Promise<void> {
  const tree = await mkdtemp(`${image.file}.tree-`);
  try {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(path.join(tree, path.dirname(file)), { recursive: true });
      await writeFile(path.join(tree, file), content);
    }
    await use(tree);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/**
 * Runs commands on the file system; debugfs itself ends well whatever happened, so
 * what it complains about counts.
 */
async function debugfs(image: DiskImage, commands: string[]): Promise<void> {
  const script = `${image.file}.commands`;
  await writeFile(script, `${commands.join('\n')}\n`);
  try {
    const { stderr } = await tool('debugfs', ['-w', '-f', script, device(image)]);
    const complaints = stderr.split('\n').filter((line) => line !== '' && !HARMLESS.test(line));
    if (complaints.length > 0) throw new Error(`debugfs on ${image.file}: ${complaints.join('; ')}`);
  } finally {
    await rm(script, { force: true });
  }
}

/** The blocks that hold a file's content, in order. */
async function blocksOf(image: DiskImage, file: string): Promise<number[]> {
  const { stdout } = await tool('debugfs', ['-R', `blocks /${file}`, device(image)]);
  return stdout.trim().split(/\s+/).filter(Boolean).map(Number);
}

const device = (image: DiskImage) =>
  image.partitioned ? `${image.file}?offset=${PARTITION_OFFSET}` : image.file;

function pieces(image: DiskImage, blocks: number[], offset: number, bytes: Buffer) {
  const found: { offset: number; bytes: Buffer }[] = [];
  for (let done = 0; done < bytes.length; ) {
    const at = offset + done;
    const block = blocks[Math.floor(at / BLOCK)];
    if (block === undefined) throw new RangeError('The file is shorter.');
    const piece = bytes.subarray(done, done + BLOCK - (at % BLOCK));
    found.push({ offset: blockOffset(image, block) + (at % BLOCK), bytes: piece });
    done += piece.length;
  }
  return found;
}

/** What is freed reads as zeros afterwards, as on a guest that trims. */
async function removeAndTrim(image: DiskImage, files: string[]): Promise<void> {
  const blocks = await Promise.all(files.map((file) => blocksOf(image, file)));
  const there = files.filter((_, index) => blocks[index]?.length);
  if (there.length === 0) return;
  await debugfs(
    image,
    there.map((file) => `rm /${file}`),
  );
  const zeros = Buffer.alloc(BLOCK);
  await writeInto(
    image.file,
    blocks.flat().map((block) => ({ offset: blockOffset(image, block), bytes: zeros })),
  );
}

/** Every folder on the way to the files, parents first. */
function directoriesOf(files: Files): string[] {
  const folders = new Set<string>();
  for (const file of Object.keys(files)) {
    const parts = file.split('/').slice(0, -1);
    parts.forEach((_, depth) => {
      folders.add(parts.slice(0, depth + 1).join('/'));
    });
  }
  return [...folders].sort();
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const version = `4${hex.slice(13, 16)}`;
  const variant = `8${hex.slice(17, 20)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), version, variant, hex.slice(20, 32)].join('-');
}
