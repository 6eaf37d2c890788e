import type { Stack } from '../disks/stack';
import type { ConsistencyMode } from '../guests/consistency';
import type { GuestMachine } from '../guests/guest-machine';
import type { DocumentStore } from '../store/document-store';
import type { Settings } from './settings';

/** JSON as it came from a client and goes back to it. */
export type Json = Record<string, unknown>;

/** What every ARM resource has. `id` as first written; keys of the store are its lower-case form. */
export interface Resource {
  id: string;
  name: string;
  resourceGroup: string;
  tags: Record<string, string>;
}

export interface AttachedDisk {
  /** -1 is the OS disk. */
  lun: number;
  diskId: string;
  caching: string;
  writeAcceleratorEnabled: boolean;
  deleteOption: string;
  ephemeral: boolean;
}

export interface Extension {
  name: string;
  publisher: string;
  type: string;
  typeHandlerVersion: string;
  autoUpgradeMinorVersion: boolean;
  settings: Json;
  provisioningState: string;
  message: string;
}

export interface Vm extends Resource, GuestMachine {
  vmId: string;
  timeCreated: string;
  provisioningState: string;
  vmSize: string;
  /** What else `hardwareProfile` says. */
  hardware?: Json;
  /** Where it was asked for. */
  diskControllerType?: string;
  /** What else of the storage profile is kept: nothing is done with it. */
  storage?: Json;
  extendedLocation?: Json;
  placement?: Json;
  zones?: string[];
  /** ARM properties that the emulator keeps but does not act on: osProfile, securityProfile, identity … */
  properties: Json;
  identity?: Json;
  plan?: Json;
  networkInterfaces: Json[];
  disks: AttachedDisk[];
  extensions: Extension[];
}

export interface Disk extends Resource {
  uniqueId: string;
  familyId: string;
  timeCreated: string;
  zones?: string[];
  extendedLocation?: Json;
  sku: string;
  /** Id of the VM it is attached to. */
  managedBy?: string;
  /** When it was attached or detached last, or its VM deallocated or started ("Disks - Get"). */
  ownershipChangedAt?: string;
  provisioningState: string;
  /** `ready-to-upload` and `active-upload` until the upload's access is revoked. */
  upload?: { hasFooter: boolean; started: boolean };
  /** ARM properties that the emulator keeps but does not act on. */
  properties: Json;
  stack: Stack;
}

export interface DiskRestorePoint {
  id: string;
  name: string;
  diskId: string;
  diskName: string;
  /** Of the disk; absent in states of older versions. */
  sku?: string;
  lun: number;
  uniqueId: string;
  familyId: string;
  properties: Json;
  stack: Stack;
}

export interface RestorePointCollection extends Resource {
  restorePointCollectionId: string;
  sourceVmId: string;
  timeCreated: string;
  properties: Json;
}

export interface RestorePoint {
  id: string;
  name: string;
  collectionId: string;
  vmId: string;
  provisioningState: 'Creating' | 'Succeeded' | 'Failed' | 'Deleting';
  consistencyMode: ConsistencyMode;
  /** Whether the request asked for a crash-consistent point: the only mode that can be asked for. */
  askedCrashConsistent: boolean;
  excludeDisks: Json[];
  sourceMetadata: Json;
  timeCreated: string;
  disks: DiskRestorePoint[];
}

export interface Snapshot extends Resource {
  uniqueId: string;
  sourceUniqueId: string;
  familyId: string;
  timeCreated: string;
  sku: string;
  /** Of the disk; absent in states of older versions. */
  sourceSku?: string;
  provisioningState: string;
  properties: Json;
  stack: Stack;
}

/**
 * A shared access signature on a disk, snapshot or disk restore point. The signature
 * itself is made anew when asked for.
 */
export interface Grant {
  /** First segment of the data plane's path: `md-…`. */
  account: string;
  container: string;
  policyId: string;
  resourceId: string;
  access: 'Read' | 'Write';
  expiresAt: string;
}

export interface Operation {
  id: string;
  kind: string;
  resourceId: string;
  startTime: string;
  endTime?: string;
  status: 'InProgress' | 'Succeeded' | 'Failed';
  /** Polls that are still answered with InProgress; null for one that never ends. */
  pollsLeft: number | null;
  readyAt: string;
  /** How long those who poll are asked to wait, where it is not the usual time. */
  retryAfterSeconds?: number;
  error?: { code: string; message: string; details?: Json[] };
  /** What the monitor URL answers when done; `grant` stands for a SAS. */
  output?: Json;
  grant?: string;
  args?: Json;
}

/** A managed run command: it has run by the time it exists. */
export interface RunCommand extends Resource {
  properties: Json;
  provisioningState: string;
  instanceView: Json;
}

export interface NetworkInterface extends Resource {
  properties: Json;
}

export interface Tables {
  vms: Vm;
  disks: Disk;
  collections: RestorePointCollection;
  restorePoints: RestorePoint;
  snapshots: Snapshot;
  grants: Grant;
  /** Those that have not ended. */
  operations: Operation;
  endedOperations: Operation;
  networkInterfaces: NetworkInterface;
  runCommands: RunCommand;
  /** VMs of fleet files that were made once, by the id that they had then, whatever became of them. */
  fleetVms: { id: string };
  /** Only one, under the key `settings`. */
  settings: Settings;
}

export type Store = DocumentStore<Tables>;
