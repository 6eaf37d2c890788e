import type { Request, Response } from '../http/exchange';
import type { DurableClient } from '../hub/client';
import { accepted, failure, noSuchAddress, noSuchInstance } from './answers';
import { jsonBody } from './request-parts';

/**
 * What can be asked of an instance that is there.
 * @param restart starts the instance again
 */
export function manageInstances(
  client: DurableClient,
  restart: (request: Request, id: string) => Response | Promise<Response>,
) {
  return manage;

  async function manage(request: Request, id: string, verb: string, name?: string): Promise<Response> {
    const reason = request.url.searchParams.get('reason');
    switch (verb) {
      case 'raiseevent':
        return name ? raise(request, id, name) : noSuchAddress();
      case 'terminate':
        return accepted(client.terminate(id, reason), id);
      case 'suspend':
        return accepted(client.suspend(id, reason), id);
      case 'resume':
        return accepted(client.resume(id, reason), id);
      case 'restart':
        return restart(request, id);
      case 'rewind':
        return rewind(id);
      default:
        return noSuchAddress();
    }
  }

  async function raise(request: Request, id: string, name: string): Promise<Response> {
    const type = request.headers['content-type'] ?? '';
    if (!/^application\/json\b/i.test(type))
      return failure(400, 'Only application/json request content is supported.');
    const input = await jsonBody(request);
    if (input === undefined || input === null) return failure(400, 'The body is not valid JSON.');
    return accepted(client.raise(id, name, input), id);
  }

  function rewind(id: string): Response {
    const instance = client.get(id);
    if (!instance) return noSuchInstance(id);
    if (instance.status !== 'Failed') return failure(412, 'Only failed instances can be rewound.');
    return failure(501, 'Rewind is not supported by this functions host: start a new instance.');
  }
}
