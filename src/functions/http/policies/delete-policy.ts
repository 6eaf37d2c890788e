import { changedMeanwhile, notFound, policyInUse, policyIsPreset } from '../../../api/problem';
import { policiesInForce } from '../../../policies/policies';
import { PRESET_POLICIES } from '../../../policies/policy';
import { knownVms } from '../../../protection/fleet';
import { registerRoute } from '../register-route';

registerRoute('deletePolicy', {
  method: 'DELETE',
  route: 'policies/{policy}',
  summary: 'Deletes a policy that protects no VM; a changed preset becomes the preset again',
  answers: { 204: null },
  heeds: ['If-Match'],
  handler: async ({ params: { policy: name }, ifMatch, policies, protectedVms }) => {
    const found = (await policiesInForce(policies)).get(name);
    const preset = name in PRESET_POLICIES;
    if (!found && !(await policies.read(name).catch(() => true))) {
      throw notFound('policy', name, 'GET /api/policies');
    }
    if (found && found.etag === undefined) throw policyIsPreset(name);
    const vms = await knownVms({ protectedVms });
    const users = [...vms.values()].filter((vm) => vm.policy === name && !vm.stopped).map(({ key }) => key);
    if (!preset && users.length > 0) throw policyInUse(name, users);
    if ((await policies.delete(name, ifMatch ?? found?.etag)) === 'conflict') {
      throw changedMeanwhile(`The policy ${name}`);
    }
    return { status: 204 };
  },
});
