import { policyNameOf } from '../http/keys';
import { notFound } from '../http/problem';
import { policiesInForce } from '../policies/policies';
import { registerRoute } from './register-route';

registerRoute('getPolicy', {
  method: 'GET',
  route: 'policies/{policy}',
  handler: async ({ request, policies }) => {
    const name = policyNameOf(request.params);
    const found = (await policiesInForce(policies)).get(name);
    if (!found) throw notFound('policy', name, 'GET /api/policies');
    const headers: Record<string, string> = found.etag === undefined ? {} : { etag: found.etag };
    return { headers, jsonBody: { name, ...found.policy } };
  },
});
