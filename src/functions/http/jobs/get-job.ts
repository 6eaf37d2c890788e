import { notFound } from '../../../api/problem';
import { JobView } from '../../../jobs/job';
import { withLiveProgress } from '../../../orchestration/client/live-progress';
import { registerRoute } from '../register-route';

registerRoute('getJob', {
  method: 'GET',
  route: 'jobs/{job}',
  summary: 'A job: phases, bytes of each disk, rate, warnings, and what went wrong',
  answers: { 200: JobView },
  handler: async ({ params, jobs, store, client }) => {
    const job = await jobs.read(params.job);
    if (!job) throw notFound('job', params.job, 'GET /api/jobs');
    return { jsonBody: await withLiveProgress(job.value, client, store) };
  },
});
