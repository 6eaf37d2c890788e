import { PolicyView } from '../../../api/policy-view';
import { changedMeanwhile } from '../../../api/problem';
import { Confirm, requireConfirmed } from '../../../api/what-if';
import { NewBackupPolicy } from '../../../policies/new-policy';
import { policyOf } from '../../../policies/policies';
import { letGoBy } from '../../../protection/let-go';
import { registerRoute } from '../register-route';

const TRIES = 3;

registerRoute('putPolicy', {
  method: 'PUT',
  route: 'policies/{policy}',
  summary: 'Makes or changes a policy; how many points it lets go of at once has to be confirmed',
  query: Confirm,
  body: NewBackupPolicy,
  answers: { 200: PolicyView },
  heeds: ['If-Match'],
  handler: async ({ params: { policy: name }, query, body: policy, ifMatch, policies, ...services }) => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const current = await policyOf(policies, name);
      if (ifMatch !== undefined && ifMatch !== current?.etag) break;
      const losing = await letGoBy(services, { name, before: current?.policy, after: policy });
      requireConfirmed(name, losing, query.confirm);
      // The very version that the points were counted against.
      const written =
        current?.etag === undefined
          ? await policies.create(name, policy)
          : await policies.replace(name, policy, current.etag);
      if (written) return { headers: { etag: written.etag }, jsonBody: { name, ...policy } };
    }
    throw changedMeanwhile(`The policy ${name}`);
  },
});
