import type { Requests } from '../support/counted-azurite';
import type { ProcessUsage } from '../support/process-usage';
import type { DataPathResult } from './data-path';

/** Everything that is measured on one disk, in this order; each tool does those it can. */
export const STEPS = [
  { id: 'full', title: 'first backup', image: 'v1' },
  { id: 'verify', title: 'verify every byte', image: 'v1' },
  { id: 'restore', title: 'restore of the whole disk', image: 'v1' },
  { id: 'unchanged', title: 'nothing changed', image: 'v1' },
  { id: 'unchanged-read', title: 'nothing changed, all data read again', image: 'v1' },
  { id: 'clustered', title: 'delta, 1 % clustered', image: 'v2c' },
  { id: 'clustered-read', title: 'delta, 1 % clustered, all data read', image: 'v2c' },
  { id: 'scattered', title: 'delta, 1 % scattered 4 KiB', image: 'v2s' },
  { id: 'scattered-read', title: 'delta, 1 % scattered 4 KiB, all data read', image: 'v2s' },
  { id: 'twin', title: 'second VM with the same disk', image: 'v1' },
] as const;

export type StepId = (typeof STEPS)[number]['id'];
export type DiskName = 'os' | 'data';
export type ImageVersion = 'v1' | 'v2c' | 'v2s' | 'v2t';

/** What a tool did in a step. */
export interface Deed {
  seconds: number;
  /** What its own process used; Azurite's and the emulator's are measured beside. */
  usage: ProcessUsage;
  /** Only for the system's own data path. */
  details?: Pick<DataPathResult, 'spans' | 'summary'>;
}

/** A deed with everything that went on around it. */
export interface Sample extends Deed {
  repeat: number;
  disk: DiskName;
  step: StepId | FloorId;
  tool: string;
  azuriteCpuSeconds: number;
  emulatorCpuSeconds: number;
  requests: Requests;
  /** What the tool's container or folder grew by. */
  storedBytes: number;
}

/**
 * What Azurite alone needs, driven by a bare HTTP client: the bytes of the first backup in other blobs, and
 * back.
 */
export type FloorId = 'floor-4mib' | 'floor-same-blobs' | 'floor-get';

/** A program that backs up images: the system itself, or one that a user could take instead. */
export interface Tool {
  name: string;
  version: string;
  /** Makes an empty repository. */
  begin(repeat: number): Promise<void>;
  /** Brings the repository to where the step starts; not measured. */
  prepare?(step: StepId, disk: DiskName): Promise<void>;
  /** Undefined for a step that the tool has no equal to. */
  run(step: StepId, disk: DiskName): Promise<Deed | undefined>;
  /** Looks at what the last step has made; not measured. */
  check?(): Promise<void>;
  /** What the repository takes now. */
  storedBytes(): Promise<number>;
  end(): Promise<void>;
}
