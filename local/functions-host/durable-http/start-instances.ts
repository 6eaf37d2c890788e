import { isTerminal } from '../durable-task/history';
import { json, type Request, type Response } from '../http/exchange';
import type { DurableClient } from '../hub/client';
import type { InstanceRow } from '../store/instances';
import { aliveText, invalidJson, nothing, refusedWith, thrown } from './answers';
import { type DurableLinks, managementUrls } from './links';
import { flag, jsonBody } from './request-parts';
import { statusJson } from './status-json';

/** Starting instances, and starting one again. */
export function startInstances(client: DurableClient, links: DurableLinks) {
  return { start, restart };

  async function start(request: Request, orchestrator: string, instanceId?: string): Promise<Response> {
    const wait = waitOf(request.url.searchParams);
    if (wait && wait.intervalSeconds > wait.seconds) {
      return refusedWith(
        400,
        `Total timeout ${wait.seconds} should be bigger than retry timeout ${wait.intervalSeconds}`,
      );
    }
    const input = await jsonBody(request);
    if ('unreadable' in input) return invalidJson(input.unreadable);
    const version = request.url.searchParams.get('version') ?? undefined;
    const started = client.start({ orchestrator, instanceId, input: input.json, version });
    if (started === 'alive') return refusedWith(409, aliveText(statusOf(instanceId)));
    if (typeof started === 'string') return nothing(404);
    return created(started.instanceId, wait);
  }

  function restart(request: Request, id: string): Response | Promise<Response> {
    const instance = client.get(id);
    if (!instance) return nobodyToRestart(id);
    const { name: orchestrator, input, version } = instance;
    const instanceId = flag(request.url.searchParams, 'restartWithNewInstanceId', true) ? undefined : id;
    const started = client.start({ orchestrator, instanceId, input: input ?? 'null', version });
    if (typeof started === 'string') {
      return thrown(
        409,
        'A non-terminal instance with this instance ID already exists.',
        'DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException',
        aliveText(statusOf(id)),
      );
    }
    return created(started.instanceId, waitOf(request.url.searchParams));
  }

  function statusOf(id: string | undefined): string {
    return (id !== undefined && client.get(id)?.status) || '';
  }

  /** 202 with links; or, when the request asks to wait, the outcome if it comes in time. */
  async function created(instanceId: string, wait: Wait | undefined): Promise<Response> {
    if (wait) {
      const deadline = Date.now() + wait.seconds * 1000;
      for (;;) {
        const instance = client.get(instanceId);
        if (instance && isTerminal(instance.status)) return outcome(instance);
        const left = deadline - Date.now();
        if (!(left > 0)) break;
        const interval = Math.max(wait.intervalSeconds * 1000, 10);
        await new Promise((resolve) => setTimeout(resolve, Math.min(interval, left)));
      }
    }
    // It offers no rewind, though the client binding does.
    const { rewindPostUri: _, ...urls } = managementUrls(links, instanceId);
    return json(202, urls, { location: urls.statusQueryGetUri, 'retry-after': '10' });
  }
}

/** How long a request wants to wait, and how often to look. */
interface Wait {
  seconds: number;
  intervalSeconds: number;
}

const POLLING_SECONDS = 1;

function waitOf(query: URLSearchParams): Wait | undefined {
  const seconds = Number(query.get('timeout') ?? 0);
  const interval = query.get('pollingInterval');
  if (!(seconds > 0)) return undefined;
  return {
    seconds,
    intervalSeconds: interval === null ? Math.min(POLLING_SECONDS, seconds) : Number(interval),
  };
}

const nobodyToRestart = (id: string): Response =>
  thrown(
    400,
    'InstanceId does not match a valid orchestration instance.',
    'System.ArgumentException',
    `No instance with ID '${id}' was found. (Parameter 'instanceId')`,
  );

function outcome(instance: InstanceRow): Response {
  const body = statusJson(instance, { showInput: true });
  return json(200, instance.status === 'Completed' ? body.output : body);
}
