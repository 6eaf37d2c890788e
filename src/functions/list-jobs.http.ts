import { z } from 'zod';
import { parse } from '../http/parse';
import { type Job, JobState } from '../jobs/job';
import { withLiveProgress } from './live-progress';
import { registerRoute } from './register-route';

const Query = z.strictObject({ vm: z.string().optional(), state: JobState.optional() });

registerRoute('listJobs', {
  method: 'GET',
  route: 'jobs',
  handler: async ({ request, jobs, store, client }) => {
    const { vm, state } = parse(Query, Object.fromEntries(request.query), 'query');
    const found: Job[] = [];
    for await (const { value } of jobs.list()) {
      if ((vm === undefined || value.vm === vm) && (state === undefined || value.state === state))
        found.push(value);
    }
    const newestFirst = found.sort((a, b) => (a.id < b.id ? 1 : -1));
    return {
      jsonBody: { jobs: await Promise.all(newestFirst.map((job) => withLiveProgress(job, client, store))) },
    };
  },
});
