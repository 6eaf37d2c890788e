import type { Operation } from '../../compute/arm/operation';
import type { DiscardRestoredVmInput } from '../../compute/restore/discard-vm';
import type { MadeInterface } from '../../compute/restore/network-interface';
import type { MadeDisk } from '../../compute/restore/restore-disk';
import type { MadeVm } from '../../compute/restore/restored-vm';
import type { DeallocateInput } from '../../compute/vms/vm-power';
import type { Failure } from '../../failures/failure';
import type { JobDisk } from '../../jobs/job';
import type { VmToStart } from '../../protection/owed-starts';
import type { NewVmPlan } from '../../restore/new-vm';
import type { RestorePlan, RestoreRequest } from '../../restore/prepare-restore';
import type { Replacement } from '../../restore/replacement';
import type { RestoreDiskOrder } from '../../restore/restore-orders';
import type { RestoreInPlace, RestoreToVm } from '../../restore/restore-target';
import type { DamageCounts } from '../../vault/damage/damage';
import type { Resumed } from './resumed';
import type { ReadDisk } from './verification';

/** The activities of restores. */
export interface RestoreActivities {
  prepareRestore: { input: RestoreRequest; output: RestorePlan };
  listRestoreOrders: {
    input: { jobId: string; from: number; count: number };
    output: { orders: RestoreDiskOrder[] };
  };
  createRestoreDisk: {
    input: RestoreDiskOrder & { token?: string };
    output: Operation<MadeDisk>;
  };
  planDiskRestore: { input: DiskRestore; output: { parts: number; bytes: number } };
  restoreDiskPart: { input: DiskRestore & { part: number }; output: { readBytes: number } & DamageCounts };
  tagDamagedDisk: { input: DiskRestore & Resumed; output: Operation<unknown> };
  finishDiskRestore: { input: DiskRestore; output: Record<string, never> };
  discardRestoreDisk: {
    input: { resourceId: string; jobId: string } & Resumed;
    output: Operation<{ discarded: boolean }>;
  };
  createNetworkInterface: {
    input: { jobId: string; id: string } & Resumed;
    output: Operation<MadeInterface>;
  };
  createRestoredVm: { input: NewVmOrder & Resumed; output: Operation<MadeVm> };
  discardRestoredVm: { input: DiscardRestoredVmInput & Resumed; output: Operation<{ discarded: boolean }> };
  planReplacement: {
    input: { jobId: string; vmKey: string; pointId: string; to: RestoreInPlace };
    output: Pick<Replacement, 'vm' | 'running'>;
  };
  /** From here on the restore is complete, and cannot be cancelled any more. */
  commitRestore: { input: { jobId: string }; output: Record<string, never> };
  /** Tells all that the restore made from what is half-made. */
  completeRestore: { input: { jobId: string } & Resumed; output: Operation<unknown> };
  deallocateVm: { input: DeallocateInput & Resumed; output: Operation<unknown> };
  swapDisks: { input: { jobId: string } & Resumed; output: Operation<unknown> };
  putBackDisks: { input: { jobId: string } & Resumed; output: Operation<unknown> };
  startVm: { input: VmToStart & Resumed; output: Operation<unknown> };
}

/** The new VM, once its disks are there. */
export interface NewVmOrder extends Pick<NewVmPlan, 'ref'> {
  jobId: string;
  pointId: string;
  to: RestoreToVm;
}

export interface DiskRestore extends ReadDisk {
  resourceId: string;
  sizeBytes: number;
}

/** How the restore of one disk settled. */
export type DiskRestoreResult =
  | {
      ok: true;
      disk: JobDisk;
      restored: { diskId: string; name: string; resourceId: string };
      /** What the disk came without. */
      warnings?: string[];
    }
  /** `damage`: why it failed, if that is all; `discarded`: what was made of the new disk is gone. */
  | { ok: false; disk: JobDisk; failure: Failure; damage?: DamageCounts; discarded: boolean };
