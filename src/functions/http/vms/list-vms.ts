import { z } from 'zod';
import { describeVm, VmDescription } from '../../../api/describe-vm';
import { PARAMS } from '../../../api/keys';
import { Limit, pageOf } from '../../../api/paging';
import { diskSizes } from '../../../compute/vms/disk-sizes';
import type { BackupError } from '../../../failures/failure';
import { policiesInForce } from '../../../policies/policies';
import { allVms } from '../../../protection/known-vm';
import { newestPoints } from '../../../vault/points/newest-points';
import { registerRoute } from '../register-route';

registerRoute('listVms', {
  method: 'GET',
  route: 'vms',
  summary: 'The VMs in Azure and those that were backed up before they were deleted, by key',
  query: z.strictObject({ limit: Limit(1000), after: PARAMS.vm.optional() }),
  answers: {
    200: z.strictObject({
      vms: z.array(VmDescription),
      next: z.string().optional(),
      /** Subscriptions whose VMs may be missing here. */
      unread: z.array(z.strictObject({ subscriptionId: z.string(), problem: z.string() })).optional(),
    }),
  },
  handler: async ({ query, compute, store, policies, protectedVms, vault }) => {
    const [now, inForce, { vms: known, unread }] = await Promise.all([
      store.now(),
      policiesInForce(policies),
      allVms({ compute, protectedVms }),
    ]);
    const { page, next } = pageOf(known, ({ key }) => key, query);
    const diskIds = page.flatMap(({ vm }) => (vm?.disks ?? []).flatMap(({ resourceId }) => resourceId ?? []));
    const [newest, sizes] = await Promise.all([
      newestPoints(
        vault,
        page.map(({ key }) => key),
      ),
      diskSizes(compute, diskIds),
    ]);
    const vms = page.map((one) => describeVm(one, inForce, newest.get(one.key), sizes, now));
    return { jsonBody: { vms, next, unread: unread.size > 0 ? problemsOf(unread) : undefined } };
  },
});

const problemsOf = (unread: ReadonlyMap<string, BackupError>) =>
  [...unread].map(([subscriptionId, { failure }]) => ({ subscriptionId, problem: failure.message }));
