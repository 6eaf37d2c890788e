import { allPages } from '../../client/all-pages';
import type { ApiClient, RequestOf } from '../../client/api-client';
import type { Job } from '../../client/api-types';

const LARGEST_PAGE = 1000;

/** Jobs, newest first, and no more of them than asked. */
export async function newestJobs(
  api: ApiClient,
  most: number,
  filter: Omit<RequestOf<'listJobs'>, 'limit' | 'after'> = {},
): Promise<Job[]> {
  const found: Job[] = [];
  const limit = Math.min(most, LARGEST_PAGE);
  for await (const { jobs } of allPages((place) => api.listJobs({ ...filter, limit, ...place }))) {
    found.push(...jobs);
    if (found.length >= most) break;
  }
  return found.slice(0, most);
}
