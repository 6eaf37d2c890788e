import { policyNameOf } from '../http/keys';
import { parseBody } from '../http/parse';
import { Problem } from '../http/problem';
import { BackupPolicy } from '../policies/policy';
import { registerRoute } from './register-route';

registerRoute('putPolicy', {
  method: 'PUT',
  route: 'policies/{policy}',
  handler: async ({ request, policies }) => {
    const name = policyNameOf(request.params);
    const policy = await parseBody(BackupPolicy, request);
    const ifMatch = request.headers.get('if-match');
    const written = ifMatch
      ? await policies.replace(name, policy, ifMatch)
      : await policies.update(name, () => policy);
    if (!written) throw changedMeanwhile(name);
    return { headers: { etag: written.etag }, jsonBody: { name, ...policy } };
  },
});

const changedMeanwhile = (name: string) =>
  new Problem({
    status: 412,
    code: 'ChangedMeanwhile',
    title: 'The policy has changed',
    detail: `The policy ${name} is not the version of If-Match any more.`,
    remedy: 'Read it again and repeat the change.',
  });
