import { invalidFields } from '../../../api/problem';
import { listedPoint } from '../../../api/view-points';
import { restoreId } from '../../../jobs/job-id';
import { startOnce } from '../../../orchestration/client/start-once';
import type { RestoreRequest } from '../../../restore/prepare-restore';
import { RestoreTarget } from '../../../restore/restore-target';
import { unknownDisks } from '../../../restore/unknown-disks';
import { Accepted, accepted } from '../accepted';
import { registerRoute } from '../register-route';

registerRoute('startRestore', {
  method: 'POST',
  route: 'recovery-points/{point}/restores',
  summary:
    'Restores a recovery point to new managed disks, to a new VM, or in place of the disks that the VM has',
  body: RestoreTarget,
  answers: { 202: Accepted },
  heeds: ['Idempotency-Key'],
  handler: async ({
    params: { point: pointId },
    body,
    idempotencyKey,
    vault,
    store,
    client,
    ...services
  }) => {
    const point = await listedPoint(vault, pointId);
    const [first, ...others] = unknownDisks(point, body);
    if (first) throw invalidFields(first, ...others);
    const now = await store.now();
    const start = async (jobId: string) => {
      const input: RestoreRequest = { jobId, vmKey: point.vmKey, pointId, to: body };
      await services.jobs.create(jobId, {
        id: jobId,
        kind: 'restore',
        target: body.target,
        vm: point.vmKey,
        vmName: String(point.vm.name ?? point.vmKey),
        state: 'Queued',
        trigger: 'on-demand',
        createdAt: now,
        disks: [],
        warnings: [],
        recoveryPoint: pointId,
      });
      await client.startNew('restorePoint', { instanceId: jobId, input });
    };
    const nameJob = (unique: string) => restoreId(point.vmKey, now, unique);
    return accepted(
      await startOnce(
        { ...services, client },
        { idempotencyKey, asked: ['restore', pointId, body], nameJob, start },
      ),
    );
  },
});
