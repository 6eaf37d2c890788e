// The front door: where each request goes, to a function of the app, to the durable API or to the admin API.

import type { Cors } from '../app/cors';
import { deferred } from '../basics/deferred';
import type { Log } from '../basics/log';
import type { HostedFunction, Registry } from '../functions/registry';
import { isAuthorized, type Keys } from '../http/auth';
import { crossOriginHeaders, preflightAnswer } from '../http/cross-origin';
import type { Request, Response } from '../http/exchange';
import { noSuchAddress, problem } from '../http/problem';
import type { Handler } from '../http/server';
import { senderOf } from '../http/web-pages';
import { timerInfo } from '../timers/timer-trigger';
import type { AppPool } from '../worker/app-pool';
import type { TypedData } from '../worker/protocol';
import { adminApi } from './admin';
import { findRoute, type HttpRoute, httpInput, httpRoute, runHttpFunction } from './function-http';
import { forwardStream } from './stream';

/** Answers what lies behind a prefix of the address. */
export type Api = (request: Request, path: string[]) => Promise<Response>;

/** What the front door leads to, once the app has been loaded. */
export interface House {
  registry: Registry;
  /** The HTTP API of the durable extension. `path` are the decoded segments behind its base address. */
  durable: Api;
  /** `http://host:port` */
  origin: string;
  pool: AppPool;
  /** The value of a durable client binding. */
  binding: TypedData;
  /** The secret path under which the SDK calls the durable API without a key, if it calls it here. */
  rpcToken?: string;
  /** Runs a function that is no HTTP function. */
  run(fn: HostedFunction, data: TypedData): Promise<void>;
}

interface DoorOptions {
  log: Log;
  /** Given when keys are enforced. */
  keys: Keys | undefined;
  routePrefix: string;
  cors: Cors;
}

interface OpenHouse extends House {
  routes: HttpRoute[];
  admin: Api;
}

/** Listens before the app is loaded: requests wait until `open` is called. */
export function frontDoor({ log, keys, routePrefix, cors }: DoorOptions) {
  const opened = deferred<OpenHouse>();

  const allowed = (request: Request, ...wanted: (() => string)[]) =>
    !keys || isAuthorized(request, [keys.master(), ...wanted.map((key) => key())]);

  const locked = () => problem('KeyMissing', 'This address wants a key, and none that opens it was sent.');

  const handle: Handler = async (request, response) => {
    const [first = '', second = '', third = ''] = request.segments;
    const sender = senderOf(request.headers, cors);
    // The admin API runs any function, whatever guards it: that is no page's business.
    if (sender === 'stranger' || (sender === 'welcome' && first === 'admin')) {
      return problem('WebPageRefused', 'The headers Host and Origin name another site than this host.');
    }
    if (sender === 'welcome') {
      for (const [name, value] of crossOriginHeaders(request, cors)) response.setHeader(name, value);
      const preflight = preflightAnswer(request);
      if (preflight) return preflight;
    }
    const house = await opened.promise;
    if (first === 'rpc' && house.rpcToken !== undefined && second === house.rpcToken)
      return house.durable(request, request.segments.slice(2));
    if (first === 'runtime' && second === 'webhooks' && third === 'durabletask') {
      if (keys && !allowed(request, keys.durable)) return locked();
      return house.durable(request, request.segments.slice(3));
    }
    if (first === 'admin') {
      if (!allowed(request)) return locked();
      return house.admin(request, request.segments.slice(1));
    }
    const found = findRoute(house.routes, request);
    if (!found) {
      return request.segments.length === 0
        ? { status: 200 }
        : noSuchAddress(request.method, request.url.pathname);
    }
    const { fn, authLevel } = found.route;
    const wanted = keys && authLevel === 'function' ? [keys.host, () => keys.functionKey(fn.name)] : [];
    if (authLevel !== 'anonymous' && !allowed(request, ...wanted)) return locked();

    const target = await house.pool.httpUri();
    if (target) return forwardStream({ target, request, response, params: found.params, fn, house, log });
    const input = await httpInput(request, found.params);
    return runHttpFunction(fn, input, house.pool.invoke, () => house.binding, log);
  };

  return {
    handle,
    /** @throws HostError when a route cannot be read. */
    open(house: House): void {
      const functions = house.registry.all.filter(({ kind }) => kind === 'http');
      const routes = functions.map((fn) => httpRoute(fn, routePrefix));
      for (const { fn, methods, template } of routes)
        log('information', 'host', `${fn.name}: [${methods}] /${template}`);
      const run = (fn: HostedFunction, input: string) => {
        const data = fn.kind === 'timer' ? { json: timerInfo(false, undefined) } : { string: input };
        void house.run(fn, data);
      };
      const admin = adminApi(() => house.registry, house.origin, run);
      opened.resolve({ ...house, routes, admin });
    },
  };
}
