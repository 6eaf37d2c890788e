// The HTTP API of the durable extension: what the SDK's client and the links in answers lead to.

import { json, type Request, type Response } from '../http/exchange';
import type { DurableClient } from '../hub/client';
import { nothing, refusedWith } from './answers';
import type { DurableLinks } from './links';
import { lookAtInstances } from './look-at-instances';
import { manageInstances } from './manage-instances';
import { purgeInstances } from './purge-instances';
import { CONTINUATION } from './request-parts';
import { startInstances } from './start-instances';

/**
 * The HTTP API of the Durable extension, which the SDK's client calls too.
 * `path` are the decoded segments behind the base address.
 */
export function durableApi(client: DurableClient, links: DurableLinks) {
  const { start, restart } = startInstances(client, links);
  const { status, list } = lookAtInstances(client);
  const { purge, purgeAll } = purgeInstances(client);
  const manage = manageInstances(client, restart);

  return async (request: Request, path: string[]): Promise<Response> => {
    const [collection = '', id, verb, name, ...more] = path;
    if (more.length > 0) return nothing(404);
    switch (`${request.method} ${collection.toLowerCase()}`) {
      case 'POST orchestrators':
        if (!id || name) return nothing(404);
        return start(request, id, verb);
      case 'GET instances':
        if (verb) return nothing(404);
        return id ? status(request, id) : list(request);
      case 'DELETE instances':
        if (verb) return nothing(404);
        return id ? purge(id) : purgeAll(request);
      case 'POST instances':
        return id && verb ? manage(request, id, verb.toLowerCase(), name) : nothing(404);
      case 'POST makeprimary':
        return nothing(200);
      case 'GET entities':
        return verb ? nothing(404) : json(200, [], { [CONTINUATION]: '' });
      case 'POST entities':
      case 'DELETE entities':
        return refusedWith(501, 'Durable entities are not supported by this functions host.');
      default:
        return nothing(404);
    }
  };
}
