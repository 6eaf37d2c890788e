import { PolicyView } from '../../../api/policy-view';
import { changedMeanwhile } from '../../../api/problem';
import { BackupPolicy } from '../../../policies/policy';
import { registerRoute } from '../register-route';

registerRoute('putPolicy', {
  method: 'PUT',
  route: 'policies/{policy}',
  summary: 'Makes or changes a policy; times that were due before the change are not made up for',
  body: BackupPolicy,
  answers: { 200: PolicyView },
  heeds: ['If-Match'],
  handler: async ({ params: { policy: name }, body: policy, ifMatch, policies }) => {
    const written = ifMatch
      ? await policies.replace(name, policy, ifMatch)
      : await policies.update(name, () => policy);
    if (!written) throw changedMeanwhile(`The policy ${name}`);
    return { headers: { etag: written.etag }, jsonBody: { name, ...policy } };
  },
});
