import { randomUUID } from 'node:crypto';
import { sasUrl } from '../../access/sas';
import type { Cloud } from '../../cloud/cloud';
import { keyOf, LOCATION } from '../../cloud/ids';
import type { Json, Operation, Tables } from '../../cloud/model';
import type { Change } from '../../store/document-store';
import { ArmError } from './arm-error';
import { type ArmRequest, type ArmResponse, type Route, subscriptionRoute } from './route';

/** What changes when an operation of one kind ends; it has status Succeeded or Failed then. */
export type Completion = (cloud: Cloud, operation: Operation) => Change<Tables>[];
export type Completions = Readonly<Record<string, Completion>>;

const MOST_REMEMBERED = 2000;

/**
 * The resource that operations of one kind made or changed, by its key: what their
 * monitor URL answers in the end.
 */
export type Results = Readonly<Record<string, (cloud: Cloud, key: string) => Json | undefined>>;

type Start = Pick<Operation, 'kind' | 'resourceId'> &
  Pick<Partial<Operation>, 'error' | 'output' | 'grant' | 'args'>;

/** Long-running operations: they live in the store, so a restarted emulator carries on with them. */
export interface Operations {
  /**
   * Starts an operation together with its first changes; with the default
   * settings it ends before this returns.
   */
  start(cloud: Cloud, operation: Start, changes?: Change<Tables>[]): Operation;
  /** Ends the operations whose time has come. */
  settle(cloud: Cloud): void;
}

/** @param completions what the end of each kind of operation changes */
export function createOperations(completions: Completions): Operations {
  function settle(cloud: Cloud): void {
    const now = cloud.now().toISOString();
    const due = cloud.store.list('operations').filter((each) => each.pollsLeft === 0 && each.readyAt <= now);
    for (const operation of due) end(cloud, operation);
  }

  function end(cloud: Cloud, operation: Operation): void {
    const status = operation.error === undefined ? 'Succeeded' : 'Failed';
    const ended: Operation = { ...operation, status, endTime: cloud.now().toISOString() };
    const changes = completions[operation.kind]?.(cloud, ended) ?? [];
    cloud.store.commit([
      ...changes,
      { table: 'operations', key: ended.id, value: null },
      { table: 'endedOperations', key: ended.id, value: ended },
      ...forgotten(cloud),
    ]);
    const mayHaveFreedLayers = operation.error !== undefined || operation.kind.endsWith('.delete');
    if (mayHaveFreedLayers) cloud.housekeeping.tidy();
  }

  return {
    settle,
    start(cloud, start, changes = []) {
      const now = cloud.now();
      const fault = cloud.faults.take(['fail-operation', 'endless', 'late'], start.kind, start.resourceId);
      const seconds = fault?.kind === 'late' ? fault.seconds : cloud.settings.operationSeconds;
      const operation: Operation = {
        ...start,
        ...(fault?.kind === 'fail-operation' && {
          error: { code: fault.code, message: fault.message ?? fault.code },
        }),
        id: randomUUID(),
        status: 'InProgress',
        startTime: now.toISOString(),
        readyAt: new Date(now.getTime() + seconds * 1000).toISOString(),
        ...(fault?.kind === 'late' && { retryAfterSeconds: 1 }),
        pollsLeft: fault?.kind === 'endless' ? null : cloud.settings.operationPolls,
      };
      cloud.store.commit([...changes, { table: 'operations', key: operation.id, value: operation }]);
      settle(cloud);
      return operation;
    },
  };
}

/** The oldest ended operations, when there are too many to remember. */
function forgotten(cloud: Cloud): Change<Tables>[] {
  const ended = cloud.store.list('endedOperations');
  return ended
    .slice(0, Math.max(0, ended.length - MOST_REMEMBERED))
    .map(({ id }) => ({ table: 'endedOperations', key: id, value: null }));
}

/** The first answer of a long-running operation, with both headers. */
export function accepted(
  cloud: Cloud,
  request: ArmRequest,
  operation: Operation,
  status = 202,
  body?: unknown,
): ArmResponse {
  return { status, body, headers: operationHeaders(cloud, request, operation) };
}

/** Where clients ask how an operation is doing. */
export function operationRoutes(results: Results): Route[] {
  return [
    subscriptionRoute('operations.get', 'GET', '/locations/:location/operations/:id', (cloud, request) => {
      const id = request.names.id ?? '';
      const operation = cloud.store.get('operations', id) ?? cloud.store.get('endedOperations', id);
      if (operation === undefined) throw new ArmError(404, 'NotFound', 'The operation was not found.');
      countPoll(cloud, operation);
      return request.query.has('monitor')
        ? monitorAnswer(cloud, request, operation, results)
        : { status: 200, body: statusBody(operation), headers: retryAfter(cloud, operation) };
    }),
  ];
}

function countPoll(cloud: Cloud, operation: Operation): void {
  if (operation.status !== 'InProgress' || !operation.pollsLeft) return;
  const value = { ...operation, pollsLeft: operation.pollsLeft - 1 };
  cloud.store.commit([{ table: 'operations', key: operation.id, value }]);
}

function statusBody(operation: Operation): unknown {
  const { id, startTime, endTime, status, error } = operation;
  return { name: id, startTime, ...(endTime && { endTime }), status, ...(error && { error }) };
}

function monitorAnswer(
  cloud: Cloud,
  request: ArmRequest,
  operation: Operation,
  results: Results,
): ArmResponse {
  if (operation.status === 'InProgress') return accepted(cloud, request, operation);
  if (operation.error !== undefined) return { status: 409, body: { error: operation.error } };
  const grant = operation.grant === undefined ? undefined : cloud.store.get('grants', operation.grant);
  if (grant !== undefined) return { status: 200, body: { accessSAS: sasUrl(cloud, grant) } };
  return {
    status: 200,
    body: operation.output ?? results[operation.kind]?.(cloud, keyOf(operation.resourceId)),
  };
}

function operationHeaders(cloud: Cloud, request: ArmRequest, operation: Operation): Record<string, string> {
  const { id } = operation;
  const version = `api-version=${encodeURIComponent(request.query.get('api-version') ?? '')}`;
  const provider = `/subscriptions/${request.names.subscription}/providers/Microsoft.Compute`;
  const url = `${cloud.baseUrl}${provider}/locations/${LOCATION}/operations/${id}`;
  return {
    'Azure-AsyncOperation': `${url}?${version}`,
    Location: `${url}?monitor=true&${version}`,
    ...retryAfter(cloud, operation),
  };
}

function retryAfter(cloud: Cloud, { status, retryAfterSeconds }: Operation): Record<string, string> {
  if (status !== 'InProgress') return {};
  return { 'Retry-After': String(retryAfterSeconds ?? cloud.settings.retryAfterSeconds) };
}
