import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** What a raw disk is made of: sectors of 512 bytes, one after the other. */
const SECTOR_BYTES = 512;
const VHD_COOKIE = 'conectix';

/** A file that is to be read as a disk. */
export interface RawImage {
  /** Bytes of the disk: all of the file, or without the footer of a fixed VHD. */
  sizeBytes: number;
  fileBytes: number;
}

/** A file that holds a disk in a form of its own, with the command that makes a raw image of it. */
export interface ForeignImage {
  format: string;
  command: string;
}

/** How files begin that are no raw disks; `name` is what `qemu-img` calls the format. */
const MAGICS: readonly { format: string; name: string; at: number; bytes: Buffer }[] = [
  { format: 'qcow2', name: 'qcow2', at: 0, bytes: Buffer.from('QFI\xfb', 'latin1') },
  { format: 'VHDX', name: 'vhdx', at: 0, bytes: Buffer.from('vhdxfile') },
  { format: 'dynamic VHD', name: 'vpc', at: 0, bytes: Buffer.from(VHD_COOKIE) },
  { format: 'VMDK', name: 'vmdk', at: 0, bytes: Buffer.from('KDMV') },
  { format: 'VMDK', name: 'vmdk', at: 0, bytes: Buffer.from('COWD') },
  { format: 'VMDK (a descriptor)', name: 'vmdk', at: 0, bytes: Buffer.from('# Disk DescriptorFile') },
  { format: 'VDI', name: 'vdi', at: 64, bytes: Buffer.from([0x7f, 0x10, 0xda, 0xbe]) },
  { format: 'QED', name: 'qed', at: 0, bytes: Buffer.from('QED\0') },
  { format: 'Parallels', name: 'parallels', at: 0, bytes: Buffer.from('WithoutFreeSpace') },
  { format: 'Parallels', name: 'parallels', at: 0, bytes: Buffer.from('WithouFreSpacExt') },
];

/** Packed files are told by their name too: a disk may well begin with a packed file. */
const PACKED: readonly { ending: string; bytes: Buffer; unpack: string }[] = [
  { ending: '.gz', bytes: Buffer.from([0x1f, 0x8b]), unpack: 'gunzip --keep' },
  { ending: '.xz', bytes: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), unpack: 'unxz --keep' },
  { ending: '.zst', bytes: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), unpack: 'unzstd --keep' },
  { ending: '.bz2', bytes: Buffer.from('BZh'), unpack: 'bunzip2 --keep' },
  { ending: '.zip', bytes: Buffer.from('PK'), unpack: 'unzip' },
];

/**
 * Tells by its first and last bytes how a file holds a disk. Undefined when there is no such file. A fixed
 * VHD is a raw disk with a footer behind it; the others begin with a copy of the footer ("Virtual Hard Disk
 * Image Format Specification").
 */
export function lookAtImage(path: string): RawImage | ForeignImage | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) return undefined;
  const fileBytes = stats.size;
  const fd = openSync(path, 'r');
  try {
    const head = readAt(fd, 0);
    const foreign = MAGICS.find(({ at, bytes }) => head.subarray(at, at + bytes.length).equals(bytes));
    if (foreign) return foreignImage(foreign, path);
    const packed = PACKED.find(
      ({ ending, bytes }) =>
        path.toLowerCase().endsWith(ending) && head.subarray(0, bytes.length).equals(bytes),
    );
    if (packed) return { format: `packed (${packed.ending})`, command: `${packed.unpack} ${quoted(path)}` };
    const foot = fileBytes >= 2 * SECTOR_BYTES ? readAt(fd, fileBytes - SECTOR_BYTES) : Buffer.alloc(0);
    if (foot.toString('latin1', 0, 4) === 'koly') return foreignImage({ format: 'DMG', name: 'dmg' }, path);
    const hasFooter = foot.toString('latin1', 0, VHD_COOKIE.length) === VHD_COOKIE;
    return { sizeBytes: hasFooter ? fileBytes - SECTOR_BYTES : fileBytes, fileBytes };
  } finally {
    closeSync(fd);
  }
}

/** What to say of a file that is no raw disk. */
export const notRaw = (path: string, { format, command }: ForeignImage): string =>
  `${path} is no raw disk but a file of format ${format}; this makes a raw one: ${command}`;

function foreignImage({ format, name }: { format: string; name: string }, path: string): ForeignImage {
  const base = path.replace(/\.[A-Za-z0-9]{1,5}$/, '');
  const out = path === `${base}.img` ? `${base}.raw.img` : `${base}.img`;
  return { format, command: `qemu-img convert -f ${name} -O raw ${quoted(path)} ${quoted(out)}` };
}

/** One argument of a shell. */
const quoted = (path: string): string =>
  /^[\w./+:@%-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

function readAt(fd: number, position: number): Buffer {
  const sector = Buffer.alloc(SECTOR_BYTES);
  return sector.subarray(0, readSync(fd, sector, 0, SECTOR_BYTES, position));
}
