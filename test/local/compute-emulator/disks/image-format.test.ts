import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookAtImage } from '../../../../local/compute-emulator/disks/image-format';
import { fixedVhd, vhdFooter } from '../support/images';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'image-format-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, bytes: Buffer) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const beginning = (bytes: Buffer, at = 0) => {
  const content = Buffer.alloc(4096);
  bytes.copy(content, at);
  return content;
};

test.each([
  ['qcow2', 'a.qcow2', beginning(Buffer.from([0x51, 0x46, 0x49, 0xfb])), 'qcow2'],
  ['VHDX', 'a.vhdx', beginning(Buffer.from('vhdxfile')), 'vhdx'],
  ['dynamic VHD', 'a.vhd', beginning(vhdFooter(3)), 'vpc'],
  ['VMDK', 'a.vmdk', beginning(Buffer.from('KDMV')), 'vmdk'],
  ['VMDK (a descriptor)', 'b.vmdk', Buffer.from('# Disk DescriptorFile\nversion=1\n'), 'vmdk'],
  ['VDI', 'a.vdi', beginning(Buffer.from([0x7f, 0x10, 0xda, 0xbe]), 64), 'vdi'],
  ['QED', 'a.qed', beginning(Buffer.from('QED\0')), 'qed'],
  ['Parallels', 'a.hdd', beginning(Buffer.from('WithouFreSpacExt')), 'parallels'],
])('%s is told by its bytes, with the command that makes a raw image', (format, name, bytes, qemu) => {
  const path = file(name, bytes);
  const out = path.replace(/\.[^.]+$/, '.img');
  expect(lookAtImage(path)).toEqual({ format, command: `qemu-img convert -f ${qemu} -O raw ${path} ${out}` });
});

test('the bytes count, not the name; and a name with blanks is quoted', () => {
  const path = file("my disk's.img", beginning(Buffer.from('vhdxfile')));
  const quoted = (name: string) => `'${join(folder, name).replaceAll("'", "'\\''")}'`;
  expect(lookAtImage(path)).toMatchObject({
    command: `qemu-img convert -f vhdx -O raw ${quoted("my disk's.img")} ${quoted("my disk's.raw.img")}`,
  });
  expect(lookAtImage(file('raw.qcow2', Buffer.alloc(1024)))).toEqual({ sizeBytes: 1024, fileBytes: 1024 });
});

test('a fixed VHD is the disk that it holds, without its footer', () => {
  expect(lookAtImage(file('fixed.vhd', fixedVhd(Buffer.alloc(2048))))).toEqual({
    sizeBytes: 2048,
    fileBytes: 2560,
  });
});

test('a packed image is told with what unpacks it; a disk that begins with a packed file is a disk', () => {
  const gzip = beginning(Buffer.from([0x1f, 0x8b, 8]));
  const path = file('disk.img.gz', gzip);
  expect(lookAtImage(path)).toEqual({ format: 'packed (.gz)', command: `gunzip --keep ${path}` });
  expect(lookAtImage(file('disk.img', gzip))).toEqual({ sizeBytes: 4096, fileBytes: 4096 });
});

test('a file that is empty, shorter than a sector or not there is no fault of its own', () => {
  expect(lookAtImage(file('empty', Buffer.alloc(0)))).toEqual({ sizeBytes: 0, fileBytes: 0 });
  expect(lookAtImage(file('short', Buffer.from('conect')))).toEqual({ sizeBytes: 6, fileBytes: 6 });
  expect(lookAtImage(join(folder, 'none'))).toBeUndefined();
});
