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

/** Makes the network interfaces of the new VM, one after the other, as far as it gets new ones. */
export function* makeInterfaces(
  context: OrchestrationContext,
  { jobId, newVm }: Pick<VmOrder, 'jobId' | 'newVm'>,
  progress: ProgressReport,
): Steps<Outcome<unknown>> {
  for (const { id, make } of newVm.interfaces) {
    if (!make) continue;
    progress.show({ phase: 'network' });
    const made = yield* runOperation(context, 'createNetworkInterface', { jobId, id });
    if (!made.ok) return made;
    for (const warning of made.value.warnings ?? []) progress.warn(warning);
  }
  return { ok: true, value: undefined };
}

/**
 * Makes the new VM of the restored disks. Azure starts every VM that it makes: one that is not to run is
 * switched off at once; where that fails, it stays, and the job says that it runs.
 */
export function* createVm(
  context: OrchestrationContext,
  { jobId, pointId, to, newVm }: VmOrder,
  progress: ProgressReport,
): Steps<Outcome<Pick<EndJob['shown'], 'restoredVm'>>> {
  progress.show({ phase: 'create-vm' });
  const { ref } = newVm;
  const created = yield* runOperation(context, 'createRestoredVm', { jobId, pointId, ref, to });
  if (!created.ok) return created;
  const { resourceId, vmId, warnings } = created.value;
  for (const warning of warnings ?? []) progress.warn(warning);
  if (to.start === false) {
    const off = yield* runOperation(context, 'deallocateVm', { ref, vmId, runningAllowed: true });
    if (!off.ok) progress.warn(`The new VM ${ref.name} could not be switched off: ${off.failure.message}`);
  }
  const { name, resourceGroup } = ref;
  return { ok: true, value: { restoredVm: { name, resourceGroup, resourceId } } };
}

/** Takes back the VM and the network interfaces, as far as this job has made them. */
export function* discardVm(
  context: OrchestrationContext,
  { jobId }: Pick<VmOrder, 'jobId'>,
  { ref, interfaces }: NewVmPlan,
  progress: ProgressReport,
): Steps<void> {
  const networkInterfaceIds = interfaces.filter(({ make }) => make).map(({ id }) => id);
  const discarded = yield* runOperation(context, 'discardRestoredVm', { jobId, ref, networkInterfaceIds });
  if (!discarded.ok) progress.warn(`What was made of the VM ${ref.name} stays: ${discarded.failure.message}`);
}
