import { createCipheriv } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeImage } from '../../../local/fleet/image';
import type { SampleFleet, SampleVm } from '../../../local/fleet/sample-fleet';

const KIB = 1024;
const MIB = 1024 * KIB;

export interface OwnVm {
  name: string;
  os: 'Windows' | 'Linux';
  powerState?: 'running' | 'deallocated';
  policy: string;
  /** Sizes in bytes: the OS disk, then luns 0, 1 … */
  sizes: number[];
  guest?: object;
}

/** Sizes at, below and beyond the border of a chunk, of a page and of a sector. */
const VMS: OwnVm[] = [
  { name: 'win', os: 'Windows', policy: 'daily', sizes: [5 * MIB + 3 * 512, 9 * MIB + 512] },
  { name: 'lin', os: 'Linux', policy: 'instant', sizes: [6 * MIB, 4 * MIB, 13 * MIB + 7 * 512] },
  { name: 'scripted', os: 'Linux', policy: 'daily', sizes: [4 * MIB - 512], guest: { scripts: {} } },
  { name: 'off', os: 'Linux', powerState: 'deallocated', policy: 'daily', sizes: [512, 3 * MIB] },
  { name: 'off-win', os: 'Windows', powerState: 'deallocated', policy: 'instant', sizes: [2 * MIB + 512] },
  { name: 'vss', os: 'Windows', policy: 'instant', sizes: [8 * MIB], guest: { vss: 'some-writers-failed' } },
];

/**
 * A fleet with disk images that the test makes itself: noise with holes, then changed, cleared and newly
 * written places.
 */
export async function makeOwnFleet(dir: string, own: OwnVm[] = VMS): Promise<SampleFleet> {
  await mkdir(dir, { recursive: true });
  const vms: SampleVm[] = [];
  for (const { name, os, powerState = 'running', policy, sizes } of own) {
    const disks = [];
    for (const [index, sizeBytes] of sizes.entries()) {
      const file = (round: string) => path.join(dir, `${name}-${index}.${round}.img`);
      const content = noise(`${name} ${index}`, sizeBytes);
      clear(content, sizeBytes * 0.3, sizeBytes * 0.6);
      await writeImage(file('first'), content);
      writeOver(content, name);
      await writeImage(file('second'), content);
      const lun = index - 1;
      disks.push({ lun, sizeBytes, fileSystem: 'noise', first: file('first'), second: file('second') });
    }
    vms.push({ name, os, powerState, policy, disks });
  }
  const fleetFile = path.join(dir, 'fleet.json');
  const guestOf = ({ name }: SampleVm) => own.find((vm) => vm.name === name)?.guest;
  const entries = vms.map((vm) => ({ ...inFleetFile(vm), guest: guestOf(vm) }));
  await writeFile(fleetFile, JSON.stringify({ vms: entries }));
  return { fleetFile, vms };
}

const inFleetFile = ({ name, os, powerState, policy, disks }: SampleVm) => ({
  name,
  resourceGroup: 'Own-RG',
  os,
  powerState,
  tags: { 'backup-policy': policy },
  disks: disks.map(({ lun, first }) => ({ lun, image: path.basename(first) })),
});

/** Scattered small writes, one large one, data cleared in one place and written into a hole in another. */
function writeOver(content: Buffer, seed: string): void {
  const size = content.length;
  for (let at = 1000; at < size * 0.25; at += 100 * KIB) noise(`${seed} ${at}`, 700).copy(content, at);
  noise(`${seed} block`, Math.ceil(size * 0.05)).copy(content, Math.floor(size * 0.8));
  noise(`${seed} hole`, 5000).copy(content, Math.floor(size * 0.45));
  clear(content, size * 0.65, size * 0.72);
}

function clear(content: Buffer, from: number, to: number): void {
  content.fill(0, Math.floor(from / 4096) * 4096, Math.floor(to / 4096) * 4096);
}

/** The same bytes for the same seed, and no codec makes them smaller. */
function noise(seed: string, sizeBytes: number): Buffer {
  const key = Buffer.alloc(16, seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}
