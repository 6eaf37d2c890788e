import { createHttpHeaders, createPipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { belongsTo } from '../../transport/endpoint';
import { type ArmError, readErrorBody, readErrorText, readRetryAfter } from '../failures/arm-error';
import { armFailure, during, type Step, stepFailure } from '../failures/arm-failure';
import type { Compute } from './connection';

/** A long-running operation of Azure on its way: where to ask. JSON-safe, and never the place of a secret. */
export const Pending = z.object({
  subscriptionId: z.string(),
  /** `Azure-AsyncOperation`: answers with a status. */
  statusUrl: z.string().optional(),
  /** `Location`: answers 202 until it answers with the result. */
  resultUrl: z.string().optional(),
});
export type Pending = z.output<typeof Pending>;

/** The first answer of an operation that may go on. */
export interface Begun {
  /** HTTP status; 204 for a deletion that found nothing. */
  status: number;
  /** Absent when the service was done at once. */
  pending?: Pending;
  retryAfterSeconds?: number;
  /** The body of the first answer; the result, when nothing is pending. */
  body: unknown;
}

/** What one poll found. */
export type Polled =
  | { state: 'running'; retryAfterSeconds?: number }
  | { state: 'succeeded' }
  /** Azure forgets operations after a while: the resource has to be looked at. */
  | { state: 'lost' }
  | { state: 'failed'; error: ArmError };

interface AnswerHead {
  status: number;
  headers: { get(name: string): string | undefined };
}

/** The options every operation of the SDK takes, as far as they are used here. */
export interface OperationOptions {
  onResponse: (response: AnswerHead & { bodyAsText?: string | null }) => void;
}

/** A change that the SDK has no client for. `path` carries its api-version. */
interface RawRequest {
  method: 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
}

const parse = (text: string | null | undefined): unknown => (text ? JSON.parse(text) : undefined);

/**
 * Sends the first request of a long-running operation through the SDK and returns where to ask for its end.
 * The SDK's own poller is left there: it would lose the error code of a failed operation and could put a disk
 * access link into its state.
 */
export async function begin(
  subscriptionId: string,
  send: (options: OperationOptions) => { submitted(): Promise<void> },
): Promise<Begun> {
  let begun: Begun = { status: 0, body: undefined };
  const poller = send({
    onResponse(response) {
      // The SDK throws on errors itself; what a gateway says may be no JSON.
      const body = response.status < 300 ? parse(response.bodyAsText) : undefined;
      begun = begunOf(subscriptionId, response, body);
    },
  });
  await poller.submitted();
  return begun;
}

/**
 * Begins a long-running operation on a resource that the SDK has no client for, with the SDK's own pipeline.
 */
export async function beginRaw(
  compute: Compute,
  subscriptionId: string,
  request: RawRequest,
  step: Step,
): Promise<Begun> {
  const response = await send(compute, subscriptionId, request, step);
  return begunOf(subscriptionId, response, bodyOf(response, step));
}

function begunOf(subscriptionId: string, { status, headers }: AnswerHead, body: unknown): Begun {
  const statusUrl = headers.get('azure-asyncoperation');
  const resultUrl = headers.get('location');
  const goesOn = statusUrl !== undefined || (status === 202 && resultUrl !== undefined);
  return {
    status,
    body,
    pending: goesOn ? { subscriptionId, statusUrl, resultUrl } : undefined,
    retryAfterSeconds: readRetryAfter(headers.get('retry-after'), headers.get('date')),
  };
}

/** With fewer calls left than this in any budget, polls are stretched before Azure has to refuse one. */
const SCARCE_CALLS = 5;
/** At this pace the tightest budget, the polls about one VM, fills up again. */
const CAREFUL_WAIT_SECONDS = 10;

/**
 * When to poll again: as the server says, but later when `x-ms-ratelimit-remaining-resource` shows that calls
 * run out.
 */
function readWait({ headers }: PipelineResponse): number | undefined {
  const told = readRetryAfter(headers.get('retry-after'), headers.get('date'));
  const left = (headers.get('x-ms-ratelimit-remaining-resource') ?? '').matchAll(/;(\d+)/g);
  const scarce = [...left].some(([, calls]) => Number(calls) < SCARCE_CALLS);
  return scarce ? Math.max(told ?? 0, CAREFUL_WAIT_SECONDS) : told;
}

/**
 * What a `Location` answers for the operation itself; other errors are about the question, and say nothing of
 * how it ended.
 */
const isOutcome = (status: number): boolean =>
  status >= 400 && status < 500 && ![401, 403, 404, 408, 429].includes(status);

/**
 * Asks once how an operation stands: how it ended is an answer, whatever it is. Throws the typed failure of
 * `step` when the question itself failed.
 */
export async function poll(compute: Compute, pending: Pending, step: Step): Promise<Polled> {
  const { subscriptionId, statusUrl, resultUrl } = pending;
  const response = await get(compute, subscriptionId, statusUrl ?? resultUrl ?? '', step);
  if (response.status === 404) return { state: 'lost' };
  if (!statusUrl && isOutcome(response.status)) {
    return {
      state: 'failed',
      error: { ...readErrorText(response.bodyAsText), statusCode: response.status },
    };
  }
  const answer = bodyOf(response, step) as { status?: string } | undefined;
  const retryAfterSeconds = readWait(response);
  const running: Polled = { state: 'running', retryAfterSeconds };
  if (!statusUrl) return response.status === 202 ? running : { state: 'succeeded' };
  switch (answer?.status?.toLowerCase()) {
    case 'succeeded':
      return { state: 'succeeded' };
    case 'failed':
    case 'canceled':
    case 'cancelled':
      return { state: 'failed', error: readErrorBody(answer) };
    default:
      return running;
  }
}

/** The body that a finished operation left at its `Location`; undefined when it left none. */
export async function fetchResult(compute: Compute, pending: Pending, step: Step): Promise<unknown> {
  const { subscriptionId, resultUrl } = pending;
  return resultUrl && bodyOf(await get(compute, subscriptionId, resultUrl, step), step);
}

/**
 * A GET of a resource that the SDK has no client for, with the SDK's own pipeline. `path` carries its
 * api-version.
 */
export const getRaw = async (
  compute: Compute,
  subscriptionId: string,
  path: string,
  step: Step,
): Promise<unknown> => bodyOf(await get(compute, subscriptionId, path, step), step);

const get = (
  compute: Compute,
  subscriptionId: string,
  address: string,
  step: Step,
): Promise<PipelineResponse> => send(compute, subscriptionId, { method: 'GET', path: address }, step);

/** Sends the token to the endpoint and its regions only. */
function send(
  compute: Compute,
  subscriptionId: string,
  { method, path, body }: Omit<RawRequest, 'method'> & { method: 'GET' | RawRequest['method'] },
  step: Step,
): Promise<PipelineResponse> {
  const url = new URL(path, compute.endpoint);
  if (!belongsTo(url, compute.endpoint)) {
    const message = `The service sent a link to ${url.host}, which is not followed.`;
    return Promise.reject(stepFailure('ComputeEndpointRefused', step, message));
  }
  const request = createPipelineRequest({
    url: url.href,
    method,
    headers: createHttpHeaders({
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }),
    body: body === undefined ? undefined : JSON.stringify(body),
    allowInsecureConnection: compute.endpoint.protocol === 'http:',
  });
  return during(step, () => compute.client(subscriptionId).pipeline.sendRequest(compute.http, request));
}

function bodyOf(response: PipelineResponse, step: Step): unknown {
  const { status, headers } = response;
  if (status < 300) return parse(response.bodyAsText);
  const retryAfterSeconds = readRetryAfter(headers.get('retry-after'), headers.get('date'));
  throw armFailure({ ...readErrorText(response.bodyAsText), statusCode: status, retryAfterSeconds }, step);
}
