import { describeLetGo, WhatIf } from '../../../api/what-if';
import { NewBackupPolicy } from '../../../policies/new-policy';
import { policyOf } from '../../../policies/policies';
import { letGoBy } from '../../../protection/let-go';
import { registerRoute } from '../register-route';

registerRoute('whatIfPolicy', {
  method: 'POST',
  route: 'policies/{policy}/what-if',
  summary: 'Says which recovery points a change of a policy would let go of at once; changes nothing',
  body: NewBackupPolicy,
  answers: { 200: WhatIf },
  handler: async ({ params: { policy: name }, body: after, policies, ...services }) => {
    const before = (await policyOf(policies, name))?.policy;
    return { jsonBody: describeLetGo(name, await letGoBy(services, { name, before, after })) };
  },
});
