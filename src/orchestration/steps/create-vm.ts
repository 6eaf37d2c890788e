import type { OrchestrationContext } from 'durable-functions';
import type { EndJob } from '../../activities/contract';
import type { Outcome } from '../../failures/failure';
import type { NewVmPlan } from '../../restore/new-vm';
import type { RestoreToVm } from '../../restore/restore-target';
import { runOperation, type Steps } from './call-activity';
import type { ProgressReport } from './job-progress';

interface VmOrder {
  jobId: string;
  pointId: string;
  to: RestoreToVm;
  newVm: NewVmPlan;
}

/** Makes the new VM of the restored disks. */
export function* createVm(
  context: OrchestrationContext,
  { jobId, pointId, to, newVm }: VmOrder,
  progress: ProgressReport,
): Steps<Outcome<Pick<EndJob['shown'], 'restoredVm'>>> {
  progress.show({ phase: 'create-vm' });
  const { ref, networkInterfaceId } = newVm;
  const created = yield* runOperation(context, 'createRestoredVm', {
    jobId,
    pointId,
    ref,
    networkInterfaceId,
    keepBackupTag: to.keepBackupTag,
  });
  if (!created.ok) return created;
  const { name, resourceGroup } = ref;
  return { ok: true, value: { restoredVm: { name, resourceGroup, resourceId: created.value.resourceId } } };
}

/** Takes back the VM and the network interface, as far as this job has made them. */
export function* discardVm(
  context: OrchestrationContext,
  { jobId }: Pick<VmOrder, 'jobId'>,
  { ref, networkInterfaceId }: NewVmPlan,
  progress: ProgressReport,
): Steps<void> {
  const discarded = yield* runOperation(context, 'discardRestoredVm', { jobId, ref, networkInterfaceId });
  if (!discarded.ok) progress.warn(`What was made of the VM ${ref.name} stays: ${discarded.failure.message}`);
}
