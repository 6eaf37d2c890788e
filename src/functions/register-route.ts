import type { HttpMethod, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import * as df from 'durable-functions';
import { BackupError, toFailure } from '../failures/failure';
import { fromFailure, Problem, type ProblemDocument } from '../http/problem';
import { type Services, services } from '../services';

/** What a route has to work with. */
export interface RouteContext extends Services {
  request: HttpRequest;
  client: DurableClient;
}

interface Route {
  method: HttpMethod;
  /** Template below `/api`, such as `vms/{vm}/backups`. */
  route: string;
  handler(context: RouteContext): Promise<HttpResponseInit>;
}

/** Registers an HTTP route that answers with JSON, and with a problem document when the handler throws. */
export function registerRoute(name: string, { method, route, handler }: Route): void {
  df.app.client.http(name, {
    methods: [method],
    route,
    authLevel: 'function',
    handler: async (request, client, context) => {
      try {
        return await handler({ ...(await services()), request, client: client as DurableClient });
      } catch (error) {
        return problemAnswer(error, context);
      }
    },
  });
}

function problemAnswer(error: unknown, context: InvocationContext): HttpResponseInit {
  if (error instanceof Problem) return problemResponse(error.document);
  if (!(error instanceof BackupError)) context.error(error instanceof Error ? error.stack : error);
  return problemResponse(fromFailure(toFailure(error)));
}

const problemResponse = (document: ProblemDocument): HttpResponseInit => ({
  status: document.status,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify(document),
});
