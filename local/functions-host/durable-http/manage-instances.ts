import type { Request, Response } from '../http/exchange';
import type { DurableClient } from '../hub/client';
import { accepted, invalidJson, nothing, refusedWith, said } from './answers';
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
        return name ? raise(request, id, name) : nothing(404);
      case 'terminate':
      case 'suspend':
      case 'resume': {
        const refusal = client[verb](id, reason);
        return accepted(refusal, verb, id, client.get(id)?.status);
      }
      case 'restart':
        return restart(request, id);
      case 'rewind':
        return rewind(id);
      default:
        return nothing(404);
    }
  }

  async function raise(request: Request, id: string, name: string): Promise<Response> {
    const type = request.headers['content-type'] ?? '';
    if (!/^application\/json\b/i.test(type)) {
      return refusedWith(400, 'Only application/json request content is supported');
    }
    const input = await jsonBody(request);
    if ('unreadable' in input) return invalidJson(input.unreadable);
    if (input.json === null) return invalidJson('There is no body.');
    return accepted(client.raise(id, name, input.json), 'raise', id);
  }

  function rewind(id: string): Response {
    const instance = client.get(id);
    if (!instance) return said(404, `No orchestration with instance ID "$${id}" found.`);
    if (instance.status !== 'Failed') {
      const only = 'but only orchestrations in the "Failed" state can be rewound.';
      return said(412, `This orchestration has status ${instance.status}, ${only}`);
    }
    return refusedWith(501, 'Rewind is not supported by this functions host: start a new instance.');
  }
}
