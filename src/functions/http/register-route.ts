import type { HttpResponseInit, InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import * as df from 'durable-functions';
import { fromFailure, notReady, Problem, type ProblemDocument } from '../../api/problem';
import { type CheckedRequest, checkRequest, type RouteDescription } from '../../api/route';
import { BackupError, toFailure } from '../../failures/failure';
import { type Services, services } from '../../services';

/** What a route has to work with: the checked request and everything that it may ask. */
export type RouteContext<Template extends string, Query, Body> = Services &
  CheckedRequest<Template, Query, Body> & { client: DurableClient; log: InvocationContext };

interface Route<Template extends string, Query, Body> extends RouteDescription<Template, Query, Body> {
  handler(context: RouteContext<Template, Query, Body>): Promise<HttpResponseInit>;
}

/** Every registered route by its name, for the OpenAPI document. */
export const registeredRoutes: Record<string, RouteDescription> = {};

/** Registers an HTTP route that answers with JSON, and with a problem document when the handler throws. */
export function registerRoute<const Template extends string, Query = object, Body = object>(
  name: string,
  route: Route<Template, Query, Body>,
): void {
  registeredRoutes[name] = route as RouteDescription;
  df.app.client.http(name, {
    methods: [route.method],
    route: route.route,
    authLevel: route.access ?? 'function',
    handler: async (request, client, context) => {
      try {
        const checked = await checkRequest(route, request);
        const connected = await services();
        return await route.handler({
          ...connected,
          ...checked,
          client: client as DurableClient,
          log: context,
        });
      } catch (error) {
        const answer = problemAnswer(error, context);
        // What went wrong inside is nobody's business who shows no key.
        return route.access === 'anonymous' && !(error instanceof Problem)
          ? problemResponse(notReady(toFailure(error)).document)
          : answer;
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
