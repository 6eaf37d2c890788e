import { z } from 'zod';
import { newestPoints } from '../backup/newest-points';
import { diskSizes } from '../compute/discover';
import { PARAMS } from '../http/keys';
import { Limit, pageOf } from '../http/paging';
import { policiesInForce } from '../policies/policies';
import { describeVm, VmDescription } from '../protection/describe-vm';
import { allVms } from '../protection/known-vm';
import { registerRoute } from './register-route';

registerRoute('listVms', {
  method: 'GET',
  route: 'vms',
  summary: 'The VMs in Azure and those that were backed up before they were deleted, by key',
  query: z.strictObject({ limit: Limit(1000), after: PARAMS.vm.optional() }),
  answers: { 200: z.strictObject({ vms: z.array(VmDescription), next: z.string().optional() }) },
  handler: async ({ query, compute, store, policies, protectedVms, vault }) => {
    const now = await store.now();
    const inForce = await policiesInForce(policies);
    const { page, next } = pageOf(await allVms({ compute, protectedVms }), ({ key }) => key, query);
    const keys = page.map(({ key }) => key);
    const [newest, sizes] = await Promise.all([newestPoints(vault, keys), diskSizes(compute)]);
    const vms = page.map((known) => describeVm(known, inForce, newest.get(known.key), sizes, now));
    return { jsonBody: { vms, next } };
  },
});
