import { z } from 'zod';
import type { RestoreRequest } from '../activities/contract';
import { notBuilt } from '../http/problem';
import { restoreId } from '../jobs/job-id';
import { readPoint } from '../vault/points';
import { Accepted } from './accepted';
import { registerRoute } from './register-route';
import { startOnce } from './start-once';

const Body = z.strictObject({
  /** New managed disks, a new VM from them, or the disks of the VM itself. */
  target: z.enum(['disks', 'vm', 'replace']),
  /** Where the new disks go; by default the resource group of the VM they came from. */
  resourceGroup: z
    .string()
    .regex(/^[\w.()-]{1,90}$/, 'not the name of a resource group')
    .optional(),
});

registerRoute('startRestore', {
  method: 'POST',
  route: 'recovery-points/{point}/restores',
  summary: 'Restores the disks of a recovery point to new managed disks',
  body: Body,
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
    const { target, resourceGroup } = body;
    if (target !== 'disks') {
      throw notBuilt(
        `The restore target "${target}" is not built yet.`,
        'Restore to "disks", then create the VM from them or swap them in.',
      );
    }
    const point = await readPoint(vault, pointId);
    const now = await store.now();
    const start = async (jobId: string) => {
      const input: RestoreRequest = { jobId, vmKey: point.vmKey, pointId, target, resourceGroup };
      await services.jobs.create(jobId, {
        id: jobId,
        kind: 'restore',
        vm: point.vmKey,
        vmName: String(point.vm.name ?? point.vmKey),
        state: 'Queued',
        trigger: 'on-demand',
        createdAt: now,
        disks: [],
        warnings: [],
        recoveryPoint: pointId,
      });
      await client.startNew('restoreDisks', { instanceId: jobId, input });
    };
    const nameJob = (unique: string) => restoreId(point.vmKey, now, unique);
    return startOnce(
      { ...services, client },
      { idempotencyKey, asked: ['restore', pointId, body], nameJob, start },
    );
  },
});
