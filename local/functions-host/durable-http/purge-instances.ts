import { json, type Request, type Response } from '../http/exchange';
import type { DurableClient } from '../hub/client';
import { failure, notFound, refused } from './answers';
import { filterOf } from './instance-filter';

/** Forgetting instances that have ended. */
export function purgeInstances(client: DurableClient) {
  return { purge, purgeAll };

  function purge(id: string): Response {
    const refusal = client.purge(id);
    if (refusal === 'alive') return failure(412, `The instance '${id}' has not finished.`);
    return refusal ? refused(refusal, id) : json(200, { instancesDeleted: 1 });
  }

  function purgeAll(request: Request): Response {
    const query = request.url.searchParams;
    if (!query.get('createdTimeFrom'))
      return failure(400, "Please provide value for 'createdTimeFrom' parameter.");
    const filter = filterOf(query);
    if (typeof filter === 'string') return failure(400, filter);
    const instancesDeleted = client.purgeAll(filter);
    return instancesDeleted === 0 ? notFound('No instance matches.') : json(200, { instancesDeleted });
  }
}
