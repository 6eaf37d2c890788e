// The sample fleet: VMs with disk images that hold real file systems, and the same images after their guests
// have written. The demo backs it up, and `npm start` has it unless it is given another.

import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ext4Images, hasExt4Tools } from './ext4-images';
import { fat16Images } from './fat16-images';
import type { DiskImage, FileSystemMaker } from './file-system';
import { writeImage } from './image';
import { SAMPLE_DISKS, type SampleDiskContent } from './sample-disks';

export interface SampleDisk {
  lun: number;
  sizeBytes: number;
  fileSystem: string;
  /** Image of the disk at first; the fleet file names it. */
  first: string;
  /** Image of the same disk after its guest has written to it; the first one where the guest is off. */
  second: string;
}

export interface SampleVm {
  name: string;
  os: 'Windows' | 'Linux';
  powerState: 'running' | 'deallocated';
  policy: string;
  /** What is special about it. */
  note?: string;
  disks: SampleDisk[];
}

export interface SampleFleet {
  fleetFile: string;
  vms: SampleVm[];
}

/** Names of the policies that the VMs' tags select: one that removes its snapshots, one that keeps them. */
export interface SamplePolicies {
  removing: string;
  keeping: string;
}

interface VmDefinition {
  name: string;
  os: SampleVm['os'];
  powerState: SampleVm['powerState'];
  policy: keyof SamplePolicies;
  /** How the guest behaves, where it is not healthy. */
  guest?: { vss: 'some-writers-failed' };
  note?: string;
  disks: SampleDiskContent[];
}

const VMS: VmDefinition[] = [
  { name: 'sql-1', os: 'Windows', powerState: 'running', policy: 'removing', disks: SAMPLE_DISKS.sql },
  { name: 'web-1', os: 'Linux', powerState: 'running', policy: 'keeping', disks: SAMPLE_DISKS.web },
  {
    name: 'archive-1',
    os: 'Linux',
    powerState: 'deallocated',
    policy: 'removing',
    disks: SAMPLE_DISKS.archive,
  },
  {
    name: 'legacy-1',
    os: 'Windows',
    powerState: 'running',
    policy: 'keeping',
    guest: { vss: 'some-writers-failed' },
    note: 'its VSS writers fail',
    disks: SAMPLE_DISKS.legacy,
  },
];

const DESCRIPTION = 'sample-fleet.json';

/**
 * Makes the sample fleet in a folder: disk images with file systems in them, the same images after their
 * guests have written, and the fleet file. A fleet that is there already is taken as it is. Linux disks get
 * ext4 where the machine can make it; every other disk gets a FAT16 made here.
 */
export async function makeSampleFleet(
  dir: string,
  policies: SamplePolicies,
  linuxImages: () => Promise<FileSystemMaker> = bestLinuxImages,
): Promise<SampleFleet> {
  const made = await readMade(dir);
  if (made) return made;
  await mkdir(path.dirname(dir), { recursive: true });
  // Made aside and moved, so that a fleet that is there is always whole.
  const draft = await mkdtemp(`${dir}.draft-`);
  try {
    const linux = await linuxImages();
    const vms: SampleVm[] = [];
    for (const vm of VMS) {
      const maker = vm.os === 'Linux' ? linux : fat16Images;
      const disks = await Promise.all(vm.disks.map((disk) => makeDisk(draft, vm, disk, maker)));
      const { name, os, powerState, note } = vm;
      vms.push({ name, os, powerState, policy: policies[vm.policy], note, disks });
    }
    await writeFile(path.join(draft, 'fleet.json'), `${JSON.stringify(fleetFile(vms), null, 2)}\n`);
    await writeFile(path.join(draft, DESCRIPTION), JSON.stringify(vms));
    await rename(draft, dir);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  return (
    (await readMade(dir)) ?? Promise.reject(new Error(`The sample fleet in ${dir} cannot be read back.`))
  );
}

const bestLinuxImages = async () => ((await hasExt4Tools()) ? ext4Images : fat16Images);

async function readMade(dir: string): Promise<SampleFleet | undefined> {
  let vms: SampleVm[];
  try {
    vms = JSON.parse(await readFile(path.join(dir, DESCRIPTION), 'utf8'));
  } catch {
    return undefined;
  }
  const inside = (file: string) => path.join(dir, file);
  return {
    fleetFile: inside('fleet.json'),
    vms: vms.map((vm) => ({
      ...vm,
      disks: vm.disks.map((disk) => ({ ...disk, first: inside(disk.first), second: inside(disk.second) })),
    })),
  };
}

async function makeDisk(
  dir: string,
  vm: VmDefinition,
  disk: SampleDiskContent,
  maker: FileSystemMaker,
): Promise<SampleDisk> {
  const { lun, label, sizeBytes, partitioned } = disk;
  const stem = `${vm.name}-${lun === -1 ? 'os' : `data${lun}`}`;
  const image = (name: string): DiskImage => ({
    file: path.join(dir, name),
    sizeBytes,
    label,
    partitioned,
  });
  const first = `${stem}.img`;
  await maker.create(image(first), disk.files());
  if (vm.powerState !== 'running') return { lun, sizeBytes, fileSystem: maker.name, first, second: first };
  const second = `${stem}.second.img`;
  await writeImage(path.join(dir, second), await readFile(path.join(dir, first)));
  await maker.apply(image(second), disk.writes());
  return { lun, sizeBytes, fileSystem: maker.name, first, second };
}

function fleetFile(vms: SampleVm[]) {
  return {
    vms: vms.map((vm) => ({
      name: vm.name,
      resourceGroup: 'sample',
      os: vm.os,
      powerState: vm.powerState,
      tags: { 'backup-policy': vm.policy },
      disks: vm.disks.map(({ lun, first }) => ({ lun, image: first })),
      guest: VMS.find(({ name }) => name === vm.name)?.guest,
    })),
  };
}
