import { z } from 'zod';
import { PolicyView } from '../../../api/policy-view';
import { policiesInForce } from '../../../policies/policies';
import { registerRoute } from '../register-route';

registerRoute('listPolicies', {
  method: 'GET',
  route: 'policies',
  summary: 'Every policy in force, the presets included',
  answers: { 200: z.strictObject({ policies: z.array(PolicyView) }) },
  handler: async ({ policies }) => {
    const inForce = await policiesInForce(policies);
    return { jsonBody: { policies: [...inForce].map(([name, { policy }]) => ({ name, ...policy })) } };
  },
});
