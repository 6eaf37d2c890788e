import { json, type Request, type Response } from '../http/exchange';
import type { DurableClient } from '../hub/client';
import { nothing, said } from './answers';
import { filterOf } from './instance-filter';

/** Forgetting instances. */
export function purgeInstances(client: DurableClient) {
  return { purge, purgeAll };

  function purge(id: string): Response {
    const refusal = client.purge(id);
    if (refusal === 'alive') {
      const alive = `the orchestration with instance ID ${id} has status ${client.get(id)?.status}`;
      return said(412, `Only orchestrations in a terminal state can be purged, but ${alive}`);
    }
    return refusal ? nothing(404) : json(200, { instancesDeleted: 1 });
  }

  function purgeAll(request: Request): Response {
    const filter = filterOf(request.url.searchParams);
    if (filter.createdFrom === undefined) {
      return said(400, "Please provide value for 'createdTimeFrom' parameter.");
    }
    const instancesDeleted = client.purgeAll(filter);
    return instancesDeleted === 0 ? nothing(404) : json(200, { instancesDeleted });
  }
}
