import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { RestoreRequest } from '../activities/contract';
import { pointIdOf } from '../http/keys';
import { parseBody } from '../http/parse';
import { notFound } from '../http/problem';
import { restoreId } from '../jobs/job-id';
import { findPoint } from '../vault/points';
import { accepted } from './accepted';
import { registerRoute } from './register-route';

const Body = z.strictObject({
  target: z.literal('disks', { error: 'only "disks" can be restored so far' }),
  /** Where the new disks go; by default the resource group of the VM they came from. */
  resourceGroup: z
    .string()
    .regex(/^[\w.()-]{1,90}$/, 'not the name of a resource group')
    .optional(),
});

registerRoute('startRestore', {
  method: 'POST',
  route: 'recovery-points/{point}/restores',
  handler: async ({ request, vault, jobs, store, client }) => {
    const pointId = pointIdOf(request.params);
    const { target, resourceGroup } = await parseBody(Body, request);
    const point = await findPoint(vault, pointId);
    if (!point) throw notFound('recovery point', pointId, 'GET /api/vms/{vm}/recovery-points');

    const now = await store.now();
    const jobId = restoreId(point.vmKey, now, randomBytes(3).toString('hex'));
    const input: RestoreRequest = { jobId, vmKey: point.vmKey, pointId, target, resourceGroup };
    await jobs.create(jobId, {
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
    return accepted(jobId);
  },
});
