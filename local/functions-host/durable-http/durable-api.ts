import { isTerminal, type RuntimeStatus } from '../durable-task/history';
import { json, type Request, type Response } from '../http/exchange';
import type { DurableClient, Refusal } from '../hub/client';
import type { InstanceFilter, InstanceRow } from '../store/instances';
import { type DurableLinks, managementUrls } from './links';
import { historyJson, statusJson } from './status-json';

const CONTINUATION = 'x-ms-continuation-token';
const PAGE = 100;
const STATUSES: RuntimeStatus[] = [
  'Pending',
  'Running',
  'Completed',
  'ContinuedAsNew',
  'Failed',
  'Canceled',
  'Terminated',
  'Suspended',
];

/**
 * The HTTP API of the Durable extension, which the SDK's client calls too.
 * `path` are the decoded segments behind the base address.
 */
export function durableApi(client: DurableClient, links: () => DurableLinks) {
  return async (request: Request, path: string[]): Promise<Response> => {
    const [collection = '', id, verb, name, ...more] = path;
    if (more.length > 0) return notFound('No such address.');
    switch (`${request.method} ${collection.toLowerCase()}`) {
      case 'POST orchestrators':
        if (!id || name) return notFound('No such address.');
        return start(request, id, verb);
      case 'GET instances':
        if (verb) return notFound('No such address.');
        return id ? status(request, id) : list(request);
      case 'DELETE instances':
        if (verb) return notFound('No such address.');
        return id ? purge(id) : purgeAll(request);
      case 'POST instances':
        return id && verb ? manage(request, id, verb.toLowerCase(), name) : notFound('No such address.');
      default:
        if (collection.toLowerCase() === 'entities') {
          return failure(501, 'Durable entities are not supported by this functions host.');
        }
        return request.method === 'POST' && collection.toLowerCase() === 'makeprimary'
          ? { status: 200 }
          : notFound('No such address.');
    }
  };

  async function start(request: Request, orchestrator: string, instanceId?: string): Promise<Response> {
    const input = await jsonBody(request);
    if (input === undefined) return failure(400, 'The body is not valid JSON.');
    const version = request.url.searchParams.get('version') ?? undefined;
    const started = client.start({ orchestrator, instanceId, input, version });
    if (typeof started === 'string') return refused(started, instanceId ?? '', orchestrator);
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
    const urls = managementUrls(links(), instanceId);
    return json(202, urls, { location: urls.statusQueryGetUri, 'retry-after': '10' });
  }

  function status(request: Request, id: string): Response {
    const instance = client.get(id);
    if (!instance) return notFound(`No instance with ID '${id}' was found.`);
    const query = request.url.searchParams;
    const history = flag(query, 'showHistory')
      ? historyJson(client.history(id), flag(query, 'showHistoryOutput'))
      : undefined;
    const body = statusJson(instance, { showInput: flag(query, 'showInput', true), history });
    if (!isTerminal(instance.status)) {
      return json(202, body, { location: managementUrls(links(), id).statusQueryGetUri, 'retry-after': '5' });
    }
    const asError = instance.status === 'Failed' && flag(query, 'returnInternalServerErrorOnFailure');
    return json(asError ? 500 : 200, body);
  }

  function list(request: Request): Response {
    const query = request.url.searchParams;
    const filter = filterOf(query);
    if (typeof filter === 'string') return failure(400, filter);
    const top = Number(query.get('top') ?? 0) || PAGE;
    const after = Number(request.headers[CONTINUATION] ?? 0);
    if (!Number.isSafeInteger(after)) return failure(400, 'The continuation token is not one of this host.');
    const rows = client.list(filter, top + 1, after);
    const page = rows.slice(0, top);
    const last = page.at(-1);
    const more: Record<string, string> =
      rows.length > top && last ? { [CONTINUATION]: String(last.number) } : {};
    const showInput = flag(query, 'showInput', true);
    return json(
      200,
      page.map((row) => statusJson(row, { showInput })),
      more,
    );
  }

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

  async function manage(request: Request, id: string, verb: string, name?: string): Promise<Response> {
    const reason = request.url.searchParams.get('reason');
    switch (verb) {
      case 'raiseevent':
        return name ? raise(request, id, name) : notFound('No such address.');
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
        return notFound('No such address.');
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

  function restart(request: Request, id: string): Response | Promise<Response> {
    const instance = client.get(id);
    if (!instance) return notFound(`No instance with ID '${id}' was found.`);
    const { name: orchestrator, input, version } = instance;
    const instanceId = flag(request.url.searchParams, 'restartWithNewInstanceId', true) ? undefined : id;
    const started = client.start({ orchestrator, instanceId, input, version });
    if (typeof started === 'string') return refused(started, id, orchestrator);
    return created(request, started.instanceId);
  }

  function rewind(id: string): Response {
    const instance = client.get(id);
    if (!instance) return notFound(`No instance with ID '${id}' was found.`);
    if (instance.status !== 'Failed') return failure(412, 'Only failed instances can be rewound.');
    return failure(501, 'Rewind is not supported by this functions host: start a new instance.');
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

function accepted(refusal: Refusal | undefined, id: string): Response {
  return refusal ? refused(refusal, id) : { status: 202 };
}

function refused(refusal: Refusal, id: string, orchestrator = ''): Response {
  switch (refusal) {
    case 'notFound':
      return notFound(`No instance with ID '${id}' was found.`);
    case 'finished':
      return failure(410, `The instance '${id}' has finished.`);
    case 'alive':
      return failure(409, `An Orchestration instance with the ID '${id}' is alive already.`);
    case 'wrongState':
      return failure(500, `The instance '${id}' is not in a state in which this can be done.`);
    case 'badId':
      return failure(
        400,
        `The instance ID '${id}' is not allowed: no leading @, none of / \\ # ?, at most 256 characters.`,
      );
    case 'unknownOrchestrator':
      return failure(
        400,
        `The function '${orchestrator}' doesn't exist, is disabled, or is not an orchestrator function.`,
      );
  }
}

function filterOf(query: URLSearchParams): InstanceFilter | string {
  const filter: InstanceFilter = { idPrefix: query.get('instanceIdPrefix') ?? undefined };
  for (const [name, field] of [
    ['createdTimeFrom', 'createdFrom'],
    ['createdTimeTo', 'createdTo'],
  ] as const) {
    const text = query.get(name);
    if (!text) continue;
    const time = Date.parse(text);
    if (Number.isNaN(time)) return `'${name}' is no time: ${text}.`;
    filter[field] = time;
  }
  const names = (query.get('runtimeStatus') ?? '').split(',').filter(Boolean);
  const statuses = names.map((name) =>
    STATUSES.find((known) => known.toLowerCase() === name.trim().toLowerCase()),
  );
  const unknown = names.find((_, index) => statuses[index] === undefined);
  if (unknown) return `'runtimeStatus' has an unknown value: ${unknown}.`;
  if (names.length > 0) filter.statuses = statuses.filter((status) => status !== undefined);
  return filter;
}

/** The body's text when it is JSON, null when it is empty, undefined when it is something else. */
async function jsonBody(request: Request): Promise<string | null | undefined> {
  const text = (await request.body()).toString('utf8');
  if (text.trim() === '') return null;
  try {
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

function flag(query: URLSearchParams, name: string, byDefault = false): boolean {
  const text = query.get(name);
  return text === null ? byDefault : text.toLowerCase() === 'true';
}

function notFound(message: string): Response {
  return failure(404, message);
}

function failure(status: number, message: string): Response {
  return json(status, { Message: message });
}
