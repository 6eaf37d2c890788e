import { z } from 'zod';
import { PARAMS } from '../../../api/keys';
import { Limit } from '../../../api/paging';
import { Time } from '../../../api/time';
import { findJobs } from '../../../jobs/find-jobs';
import { JobState, JobView } from '../../../jobs/job';
import { JobId, JobKind } from '../../../jobs/job-id';
import { withLiveProgress } from '../../../orchestration/client/live-progress';
import { registerRoute } from '../register-route';

registerRoute('listJobs', {
  method: 'GET',
  route: 'jobs',
  summary: 'Jobs, newest first; a page may be short and have a next one all the same',
  query: z.strictObject({
    vm: PARAMS.vm.optional(),
    state: JobState.optional(),
    kind: JobKind.optional(),
    from: Time.optional(),
    to: Time.optional(),
    limit: Limit(100),
    after: JobId.optional(),
  }),
  answers: { 200: z.strictObject({ jobs: z.array(JobView), next: JobId.optional() }) },
  handler: async ({ query, jobs, store, client }) => {
    const page = await findJobs(jobs, query);
    const live = await Promise.all(page.jobs.map((job) => withLiveProgress(job, client, store)));
    return { jsonBody: { jobs: live, next: page.next } };
  },
});
