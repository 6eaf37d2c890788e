// Azure Resource Manager: the control plane. `rest/` has what all its routes share; each kind of resource has
// a folder of its own; this file puts them together.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cloud } from '../cloud/cloud';
import { keyOf, SUBSCRIPTION_IDS, subscriptionOf } from '../cloud/ids';
import { list, object } from '../cloud/json';
import type { Json } from '../cloud/model';
import { readText } from '../cloud/request-body';
import { logTrouble, troubleOf } from '../cloud/trouble';
import { diskCompletions, diskResults, diskRoutes } from './managed-disks/disks';
import { snapshotCompletions, snapshotRoutes } from './managed-disks/snapshots';
import { moveCompletions, moveRoutes } from './move-resources';
import { networkCompletions, networkRoutes } from './network';
import { protectionRoutes } from './protections';
import { quotaRoutes } from './quotas';
import { ArmError } from './rest/arm-error';
import { refuseAsGoverned } from './rest/governance';
import { createOperations, type Operations, operationRoutes } from './rest/operations';
import { takePage } from './rest/paging';
import { countRequest, vmOf } from './rest/request-limits';
import { type ArmResponse, matchPath, type Route } from './rest/route';
import { collectionCompletions, collectionRoutes } from './restore-points/restore-point-collections';
import { restorePointCompletions, restorePointRoutes } from './restore-points/restore-points';
import { extensionCompletions, extensionRoutes } from './vms/extensions';
import { managedRunCommandCompletions, managedRunCommandRoutes } from './vms/managed-run-commands';
import { runCommandRoutes } from './vms/run-command';
import { vmChangeRoutes, vmCompletions, vmResults } from './vms/vm-changes';
import { powerCompletions, vmRoutes } from './vms/vms';

/** The ARM endpoint: its routes and its long-running operations. */
export interface Arm {
  operations: Operations;
  serve(cloud: Cloud, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
}

export function createArm(): Arm {
  const operations = createOperations({
    ...powerCompletions,
    ...vmCompletions,
    ...snapshotCompletions,
    ...networkCompletions,
    ...extensionCompletions,
    ...diskCompletions,
    ...collectionCompletions,
    ...restorePointCompletions,
    ...managedRunCommandCompletions,
    ...moveCompletions,
  });
  const routes = [
    ...vmRoutes(operations),
    ...vmChangeRoutes(operations),
    ...snapshotRoutes(operations),
    ...networkRoutes(operations),
    ...quotaRoutes,
    ...protectionRoutes,
    ...extensionRoutes(operations),
    ...runCommandRoutes(operations),
    ...managedRunCommandRoutes(operations),
    ...collectionRoutes(operations),
    ...restorePointRoutes(operations),
    ...diskRoutes(operations),
    ...moveRoutes(operations),
    ...operationRoutes({ ...vmResults, ...diskResults }),
  ];
  return {
    operations,
    async serve(cloud, request, response, url) {
      try {
        operations.settle(cloud);
        reply(response, await answer(cloud, routes, request, url));
      } catch (error) {
        const known = asArmError(error);
        if (known !== error) logTrouble('control plane', error);
        reply(response, { status: known.status, body: known.body(), headers: known.headers });
      }
    },
  };
}

async function answer(
  cloud: Cloud,
  routes: readonly Route[],
  request: IncomingMessage,
  url: URL,
): Promise<ArmResponse> {
  const body = await readJson(request);
  const query = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  if (!query.get('api-version')) {
    throw new ArmError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  const method = request.method ?? '';
  const { route, names } = findRoute(routes, method, url.pathname);
  const subscription = names.subscription ?? '';
  if (!SUBSCRIPTION_IDS.includes(subscription)) {
    throw new ArmError(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
  }
  if (names.group !== undefined && subscriptionOf(names.group) !== subscription) {
    throw new ArmError(404, 'ResourceGroupNotFound', `Resource group '${names.group}' could not be found.`);
  }
  try {
    const budgets = countRequest(cloud, route.operation, method, vmOf(cloud, url.pathname, names));
    refuseOnDemand(cloud, route.operation, url.pathname);
    refuseAsGoverned(cloud.settings, { method, operation: route.operation, names, path: url.pathname, body });
    const ifNoneMatch = request.headers['if-none-match'];
    const answer = await route.handler(cloud, {
      method,
      path: url.pathname,
      names,
      query,
      body,
      ifNoneMatch,
    });
    cloud.calls.add(route.operation, answer.status);
    const isList = route.operation.includes('.list');
    const all = isList && names.group === undefined ? within(subscription, answer.body) : answer.body;
    const page = isList ? takePage(all, url, cloud.settings.listPageSize) : all;
    return { ...answer, body: page, headers: { ...budgets, ...answer.headers } };
  } catch (error) {
    cloud.calls.add(route.operation, asArmError(error).status);
    throw error;
  }
}

/** What of a listing of all groups lies in this subscription. */
function within(subscription: string, body: unknown): unknown {
  const { value } = object(body);
  if (!Array.isArray(value)) return body;
  const isHere = ({ id }: Json) =>
    typeof id !== 'string' || keyOf(id).startsWith(`/subscriptions/${subscription}/`);
  return { value: list(value).filter(isHere) };
}

/** @throws ArmError when a fault is set for the request */
function refuseOnDemand(cloud: Cloud, operation: string, path: string): void {
  const fault = cloud.faults.take(['refuse'], operation, path);
  if (fault === undefined) return;
  const retryAfter = fault.retryAfterSeconds;
  const headers = retryAfter === undefined ? undefined : { 'Retry-After': String(retryAfter) };
  throw new ArmError(fault.status, fault.code, fault.message ?? fault.code, headers);
}

function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; names: Record<string, string> } {
  const segments = path.split('/').slice(1).map(decodeURIComponent);
  const matches = routes.flatMap((route) => {
    const names = matchPath(route.segments, segments);
    return names === undefined ? [] : [{ route, names }];
  });
  const match = matches.find(({ route }) => route.method === method);
  if (match !== undefined) return match;
  if (matches.length > 0) {
    throw new ArmError(405, 'MethodNotAllowed', `The resource does not support the HTTP method '${method}'.`);
  }
  throw new ArmError(
    404,
    'InvalidResourceType',
    `The resource type could not be found for the path '${path}'.`,
  );
}

async function readJson(request: IncomingMessage): Promise<Json> {
  const text = await readText(request);
  if (text === undefined) {
    throw new ArmError(
      413,
      'RequestContentTooLarge',
      'The request content exceeds the maximum size of 4 MB.',
    );
  }
  if (text === '') return {};
  try {
    return object(JSON.parse(text));
  } catch {
    throw new ArmError(
      400,
      'InvalidRequestContent',
      'The request content was invalid and could not be deserialized.',
    );
  }
}

function asArmError(error: unknown): ArmError {
  if (error instanceof ArmError) return error;
  const { status, code, message } = troubleOf(error) ?? {
    status: 500,
    code: 'InternalExecutionError',
    message: 'An internal execution error occurred.',
  };
  return new ArmError(status, code, message);
}

/** Sends JSON with the headers that every answer of Azure Resource Manager carries. */
function reply(response: ServerResponse, { status, body, headers }: ArmResponse): void {
  const id = randomUUID();
  // An answer to HEAD has no body, and so no type of one.
  const text = body === undefined || response.req.method === 'HEAD' ? '' : JSON.stringify(body);
  response.writeHead(status, {
    ...headers,
    ...(text !== '' && { 'Content-Type': 'application/json; charset=utf-8' }),
    'Content-Length': Buffer.byteLength(text),
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': id,
  });
  response.end(text);
}
