import type { HostedFunction, Registry } from '../functions/registry';
import { json, type Request, type Response } from '../http/exchange';
import { noSuchAddress, problem } from '../http/problem';

/**
 * The admin API: `POST /admin/functions/{name}` runs a function, `GET` describes functions and the host.
 * `path` are the decoded segments behind `/admin`.
 */
export function adminApi(
  registry: () => Registry,
  origin: string,
  run: (fn: HostedFunction, input: string) => void,
) {
  return async (request: Request, path: string[]): Promise<Response> => {
    const [area, name, detail] = path;
    const unknown = () => noSuchAddress(request.method, request.url.pathname);
    if (area === 'host' && request.method === 'GET') return host(name) ?? unknown();
    if (area !== 'functions') return unknown();
    if (!name) return request.method === 'GET' ? json(200, registry().all.map(description)) : unknown();
    const fn = registry().byName(name);
    if (!fn) return unknown();
    if (request.method === 'GET') return detail === 'status' ? json(200, {}) : json(200, description(fn));
    if (request.method !== 'POST' || detail) return unknown();
    return start(request, fn);
  };

  function host(what: string | undefined): Response | undefined {
    if (what === 'ping') return { status: 200 };
    return what === 'status' ? json(200, { state: 'Running', version: '4.0.0.0', errors: [] }) : undefined;
  }

  async function start(request: Request, fn: HostedFunction): Promise<Response> {
    const input = inputOf((await request.body()).toString('utf8'));
    if (input === undefined || fn.kind === 'orchestrator') {
      return problem('InputRefused', `${fn.name} was not run.`);
    }
    run(fn, input);
    return { status: 202 };
  }

  function description(fn: HostedFunction) {
    return {
      name: fn.name,
      href: `${origin}/admin/functions/${fn.name}`,
      language: 'node',
      isDisabled: false,
      config: {
        bindings: Object.entries(fn.metadata.bindings).map(([name, binding]) => ({ ...binding, name })),
      },
    };
  }
}

/** The text under `input` of the body; undefined when the body is something else. */
function inputOf(body: string): string | undefined {
  try {
    const { input } = JSON.parse(body) as { input?: unknown };
    return typeof input === 'string' ? input : undefined;
  } catch {
    return undefined;
  }
}
