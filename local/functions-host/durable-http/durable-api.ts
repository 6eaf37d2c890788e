// The HTTP API of the durable extension: what the SDK's client and the links in answers lead to.

import type { Request, Response } from '../http/exchange';
import type { DurableClient } from '../hub/client';
import { failure, noSuchAddress } from './answers';
import type { DurableLinks } from './links';
import { lookAtInstances } from './look-at-instances';
import { manageInstances } from './manage-instances';
import { purgeInstances } from './purge-instances';
import { startInstances } from './start-instances';

/**
 * The HTTP API of the Durable extension, which the SDK's client calls too.
 * `path` are the decoded segments behind the base address.
 */
export function durableApi(client: DurableClient, links: DurableLinks) {
  const { start, restart } = startInstances(client, links);
  const { status, list } = lookAtInstances(client, links);
  const { purge, purgeAll } = purgeInstances(client);
  const manage = manageInstances(client, restart);

  return async (request: Request, path: string[]): Promise<Response> => {
    const [collection = '', id, verb, name, ...more] = path;
    if (more.length > 0) return noSuchAddress();
    switch (`${request.method} ${collection.toLowerCase()}`) {
      case 'POST orchestrators':
        if (!id || name) return noSuchAddress();
        return start(request, id, verb);
      case 'GET instances':
        if (verb) return noSuchAddress();
        return id ? status(request, id) : list(request);
      case 'DELETE instances':
        if (verb) return noSuchAddress();
        return id ? purge(id) : purgeAll(request);
      case 'POST instances':
        return id && verb ? manage(request, id, verb.toLowerCase(), name) : noSuchAddress();
      default:
        if (collection.toLowerCase() === 'entities') {
          return failure(501, 'Durable entities are not supported by this functions host.');
        }
        return request.method === 'POST' && collection.toLowerCase() === 'makeprimary'
          ? { status: 200 }
          : noSuchAddress();
    }
  };
}
