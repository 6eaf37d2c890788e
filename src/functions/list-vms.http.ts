import { discoverVms } from '../compute/discover';
import { policiesInForce } from '../policies/policies';
import { describeVm } from '../protection/describe-vm';
import type { ProtectedVm } from '../protection/protected-vm';
import { newestPoint } from '../vault/points';
import { registerRoute } from './register-route';

registerRoute('listVms', {
  method: 'GET',
  route: 'vms',
  handler: async ({ compute, store, policies, protectedVms, vault }) => {
    const now = await store.now();
    const inForce = await policiesInForce(policies);
    const known = new Map<string, ProtectedVm>();
    for await (const { value } of protectedVms.list()) known.set(value.key, value);
    const vms = [];
    for (const vm of await discoverVms(compute)) {
      vms.push(describeVm(vm, known.get(vm.key), inForce, await newestPoint(vault, vm.key), now));
    }
    return { jsonBody: { vms } };
  },
});
