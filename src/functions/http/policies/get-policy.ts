import { PolicyView } from '../../../api/policy-view';
import { notFound } from '../../../api/problem';
import { policiesInForce } from '../../../policies/policies';
import { registerRoute } from '../register-route';

registerRoute('getPolicy', {
  method: 'GET',
  route: 'policies/{policy}',
  summary: 'A policy; its ETag serves to change just this version',
  answers: { 200: PolicyView },
  handler: async ({ params: { policy: name }, policies }) => {
    const found = (await policiesInForce(policies)).get(name);
    if (!found) throw notFound('policy', name, 'GET /api/policies');
    const headers: Record<string, string> = found.etag === undefined ? {} : { etag: found.etag };
    return { headers, jsonBody: { name, ...found.policy } };
  },
});
