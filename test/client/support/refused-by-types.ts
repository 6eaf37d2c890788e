import { allPages } from '../../../client/all-pages';
import type { ApiClient } from '../../../client/api-client';
import type { Job } from '../../../client/api-types';

/**
 * What the types of the client must refuse. Nothing runs this: the type check fails where one of them is
 * allowed.
 */
export const refused = (api: ApiClient, job: Job) => [
  // @ts-expect-error an operation of nobody
  api.listDisks(),
  // @ts-expect-error nothing for the path
  api.getJob(),
  // @ts-expect-error no body where one is needed
  api.putPolicy({ policy: 'gold' }),
  // @ts-expect-error a body of another target
  api.startRestore({ point: 'p', body: { target: 'disks', deallocate: true } }),
  // @ts-expect-error a state of nobody
  api.listJobs({ state: 'Sleeping' }),
  // @ts-expect-error a header that this operation does not heed
  api.listVms({}, { headers: { 'If-Match': '"x"' } }),
  // @ts-expect-error a list without pages
  allPages(() => api.listPolicies()),
  // @ts-expect-error maintenance is of no VM
  api.listRecoveryPoints({ vm: job.vm }),
  // @ts-expect-error an answer without such a field
  api.health().then(({ version }) => version),
];
