import { policiesInForce } from '../policies/policies';
import { registerRoute } from './register-route';

registerRoute('listPolicies', {
  method: 'GET',
  route: 'policies',
  handler: async ({ policies }) => {
    const inForce = await policiesInForce(policies);
    return { jsonBody: { policies: [...inForce].map(([name, { policy }]) => ({ name, ...policy })) } };
  },
});
