import { isTerminal } from '../durable-task/history';
import { json, type Request, type Response } from '../http/exchange';
import type { DurableClient } from '../hub/client';
import type { InstanceRow } from '../store/instances';
import { failure, noSuchInstance, refused } from './answers';
import { type DurableLinks, managementUrls } from './links';
import { flag, jsonBody } from './request-parts';
import { statusJson } from './status-json';

/** Starting instances, and starting one again. */
export function startInstances(client: DurableClient, links: DurableLinks) {
  return { start, restart };

  async function start(request: Request, orchestrator: string, instanceId?: string): Promise<Response> {
    const input = await jsonBody(request);
    if (input === undefined) return failure(400, 'The body is not valid JSON.');
    const version = request.url.searchParams.get('version') ?? undefined;
    const started = client.start({ orchestrator, instanceId, input, version });
    if (typeof started === 'string') return refused(started, instanceId ?? '', orchestrator);
    return created(request, started.instanceId);
  }

  function restart(request: Request, id: string): Response | Promise<Response> {
    const instance = client.get(id);
    if (!instance) return noSuchInstance(id);
    const { name: orchestrator, input, version } = instance;
    const instanceId = flag(request.url.searchParams, 'restartWithNewInstanceId', true) ? undefined : id;
    const started = client.start({ orchestrator, instanceId, input, version });
    if (typeof started === 'string') return refused(started, id, orchestrator);
    return created(request, started.instanceId);
  }

  /** 202 with links; or, when the request asks to wait, the outcome if it comes in time. */
  async function created(request: Request, instanceId: string): Promise<Response> {
    const query = request.url.searchParams;
    const timeout = query.get('timeout');
    if (timeout !== null) {
      const deadline = Date.now() + Number(timeout) * 1000;
      const interval = Math.max(Number(query.get('pollingInterval') ?? 1) * 1000, 10);
      for (;;) {
        const instance = client.get(instanceId);
        if (instance && isTerminal(instance.status)) return outcome(instance);
        const left = deadline - Date.now();
        if (!(left > 0)) break;
        await new Promise((resolve) => setTimeout(resolve, Math.min(interval, left)));
      }
    }
    const urls = managementUrls(links, instanceId);
    return json(202, urls, { location: urls.statusQueryGetUri, 'retry-after': '10' });
  }
}

function outcome(instance: InstanceRow): Response {
  const body = statusJson(instance, { showInput: true });
  switch (instance.status) {
    case 'Completed':
      return json(200, body.output);
    case 'Failed':
      return json(500, body);
    default:
      return json(200, body);
  }
}
