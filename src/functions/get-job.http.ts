import { jobIdOf } from '../http/keys';
import { notFound } from '../http/problem';
import { withLiveProgress } from './live-progress';
import { registerRoute } from './register-route';

registerRoute('getJob', {
  method: 'GET',
  route: 'jobs/{job}',
  handler: async ({ request, jobs, store, client }) => {
    const jobId = jobIdOf(request.params);
    const job = await jobs.read(jobId);
    if (!job) throw notFound('job', jobId, 'GET /api/jobs');
    return { jsonBody: await withLiveProgress(job.value, client, store) };
  },
});
