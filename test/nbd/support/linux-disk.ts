import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { cpioArchive } from './cpio';
import { findTool, kernelModule, run } from './device-tools';

export const SENTINEL = 'This machine runs from a recovery point';
export const LETTER = `Dear reader,\n${'one more line of a letter that is worth keeping\n'.repeat(9000)}`;

/** What the kernel needs to find a virtio disk, in the order in which it takes them. */
const MODULES = [
  'virtio_ring',
  'virtio',
  'virtio_pci_legacy_dev',
  'virtio_pci_modern_dev',
  'virtio_pci',
  'virtio_blk',
];

/** What the machine does when it has found its disk: it says so, leaves a trace, and ends. */
const INIT = `#!/bin/busybox sh
/bin/busybox echo "${SENTINEL}: $(/bin/busybox cat /etc/hostname)"
/bin/busybox echo "booted" > /var/booted
/bin/busybox sync
/bin/busybox mount -o remount,ro /
/bin/busybox poweroff -f
`;

/** A small Linux on an ext4 file system of 64 MiB, without partitions: an image file as a VM's disk is. */
export async function makeLinuxDisk(folder: string, image: string): Promise<void> {
  const tree = path.join(folder, 'tree');
  for (const name of ['bin', 'sbin', 'etc', 'var', 'home', 'dev', 'proc', 'sys'])
    mkdirSync(path.join(tree, name), { recursive: true });
  copyFileSync(findTool('busybox') ?? 'busybox', path.join(tree, 'bin', 'busybox'));
  writeFileSync(path.join(tree, 'etc', 'hostname'), 'web-1\n');
  writeFileSync(path.join(tree, 'home', 'letter.txt'), LETTER);
  writeFileSync(path.join(tree, 'sbin', 'init'), INIT);
  for (const file of ['bin/busybox', 'sbin/init']) chmodSync(path.join(tree, file), 0o755);
  rmSync(image, { force: true });
  await run('mke2fs', '-q', '-t', 'ext4', '-b', '4096', '-d', tree, image, '64M');
}

/** The first file system of a machine: it loads the modules for the disk, and goes on there. */
export function initialRamDisk(): Buffer {
  const load = MODULES.map((name) => `/bin/busybox insmod /modules/${name}.ko`).join('\n');
  const init = `#!/bin/busybox sh
/bin/busybox mount -t devtmpfs none /dev
${load}
/bin/busybox mount -t ext4 -o rw /dev/vda /root
/bin/busybox mount --move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
`;
  const modules = MODULES.map((name) => {
    const file = kernelModule(name);
    if (!file) throw new Error(`the kernel has no module ${name}`);
    return { name: `modules/${name}.ko`, mode: 0o100644, content: readFileSync(file) };
  });
  const folders = ['bin', 'dev', 'root', 'modules'].map((name) => ({
    name,
    mode: 0o040755,
    content: Buffer.alloc(0),
  }));
  return gzipSync(
    cpioArchive([
      ...folders,
      { name: 'bin/busybox', mode: 0o100755, content: readFileSync(findTool('busybox') ?? '') },
      { name: 'init', mode: 0o100755, content: Buffer.from(init) },
      ...modules,
    ]),
  );
}
