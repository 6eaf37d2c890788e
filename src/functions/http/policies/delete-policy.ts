import { changedMeanwhile, notFound, policyInUse, policyIsPreset } from '../../../api/problem';
import { Confirm, requireConfirmed } from '../../../api/what-if';
import type { Collection } from '../../../documents/collection';
import { isUnreadable } from '../../../documents/read-document';
import { policiesInForce } from '../../../policies/policies';
import { type BackupPolicy, PRESET_POLICIES } from '../../../policies/policy';
import { knownVms } from '../../../protection/fleet';
import { letGoBy } from '../../../protection/let-go';
import { registerRoute } from '../register-route';

registerRoute('deletePolicy', {
  method: 'DELETE',
  route: 'policies/{policy}',
  summary: 'Deletes a policy that protects no VM; a changed preset becomes the preset again',
  query: Confirm,
  answers: { 204: null },
  heeds: ['If-Match'],
  handler: async ({ params: { policy: name }, query, ifMatch, policies, ...services }) => {
    const found = (await policiesInForce(policies)).get(name);
    const preset = Object.hasOwn(PRESET_POLICIES, name) ? PRESET_POLICIES[name] : undefined;
    if (!found && !(await isThere(policies, name))) throw notFound('policy', name, 'GET /api/policies');
    if (found && found.etag === undefined) throw policyIsPreset(name);
    if (preset) {
      const losing = await letGoBy(services, { name, before: found?.policy, after: preset });
      requireConfirmed(name, losing, query.confirm);
    }
    const vms = await knownVms(services);
    const users = [...vms.values()].filter((vm) => vm.policy === name && !vm.stopped).map(({ key }) => key);
    if (!preset && users.length > 0) throw policyInUse(name, users);
    if ((await policies.delete(name, ifMatch ?? found?.etag)) === 'conflict') {
      throw changedMeanwhile(`The policy ${name}`);
    }
    return { status: 204 };
  },
});

/** A document that cannot be read is in force no more, and yet there to be deleted. */
async function isThere(policies: Collection<BackupPolicy>, name: string): Promise<boolean> {
  try {
    return (await policies.read(name)) !== undefined;
  } catch (error) {
    if (isUnreadable(error)) return true;
    throw error;
  }
}
