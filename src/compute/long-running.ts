import { createPipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import { type ArmError, readErrorBody, readRetryAfter } from './arm-error';
import { armFailure, type Step } from './arm-failure';
import type { Compute } from './connection';
import { belongsTo } from './endpoint';

/** A long-running operation of Azure on its way: where to ask. JSON-safe, and never the place of a secret. */
export interface Pending {
  subscriptionId: string;
  /** `Azure-AsyncOperation`: answers with a status. */
  statusUrl?: string;
  /** `Location`: answers 202 until it answers with the result. */
  resultUrl?: string;
}

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
  | { state: 'failed'; error: ArmError };

/** The options every operation of the SDK takes, as far as they are used here. */
export interface OperationOptions {
  onResponse: (response: {
    status: number;
    headers: { get(name: string): string | undefined };
    bodyAsText?: string | null;
  }) => void;
}

const parse = (text: string | null | undefined): unknown => (text ? JSON.parse(text) : undefined);

/**
 * Sends the first request of a long-running operation through the SDK and returns where to ask for its end. The SDK's own
 * poller is left there: it would lose the error code of a failed operation and could put a disk access link into its state.
 */
export async function begin(
  subscriptionId: string,
  send: (options: OperationOptions) => { submitted(): Promise<void> },
): Promise<Begun> {
  let begun: Begun = { status: 0, body: undefined };
  const poller = send({
    onResponse(response) {
      const statusUrl = response.headers.get('azure-asyncoperation');
      const resultUrl = response.headers.get('location');
      const goesOn = statusUrl !== undefined || (response.status === 202 && resultUrl !== undefined);
      begun = {
        status: response.status,
        pending: goesOn ? { subscriptionId, statusUrl, resultUrl } : undefined,
        retryAfterSeconds: readRetryAfter(response.headers.get('retry-after'), Date.now()),
        body: parse(response.bodyAsText),
      };
    },
  });
  await poller.submitted();
  return begun;
}

/** With fewer calls left than this in any budget, polls are stretched before Azure has to refuse one. */
const SCARCE_CALLS = 5;
/** At this pace the tightest budget, the polls about one VM, fills up again. */
const CAREFUL_WAIT_SECONDS = 10;

/** When to poll again: as the server says, but later when `x-ms-ratelimit-remaining-resource` shows that calls run out. */
function readWait({ headers }: PipelineResponse): number | undefined {
  const told = readRetryAfter(headers.get('retry-after'), Date.now());
  const left = (headers.get('x-ms-ratelimit-remaining-resource') ?? '').matchAll(/;(\d+)/g);
  const scarce = [...left].some(([, calls]) => Number(calls) < SCARCE_CALLS);
  return scarce ? Math.max(told ?? 0, CAREFUL_WAIT_SECONDS) : told;
}

/** Asks once how an operation stands. Throws the typed failure of `step` when the question itself failed. */
export async function poll(compute: Compute, pending: Pending, step: Step): Promise<Polled> {
  const response = await getUrl(compute, pending, pending.statusUrl ?? pending.resultUrl, step);
  const retryAfterSeconds = readWait(response);
  if (!pending.statusUrl)
    return response.status === 202 ? { state: 'running', retryAfterSeconds } : { state: 'succeeded' };
  const body = parse(response.bodyAsText) as { status?: string } | undefined;
  switch (body?.status?.toLowerCase()) {
    case 'succeeded':
      return { state: 'succeeded' };
    case 'failed':
    case 'canceled':
    case 'cancelled':
      return { state: 'failed', error: readErrorBody(body) };
    default:
      return { state: 'running', retryAfterSeconds };
  }
}

/** The body that a finished operation left at its `Location`; undefined when it left none. */
export async function fetchResult(compute: Compute, pending: Pending, step: Step): Promise<unknown> {
  if (!pending.resultUrl) return undefined;
  return parse((await getUrl(compute, pending, pending.resultUrl, step)).bodyAsText);
}

/** A GET of any resource that the SDK has no client for, with the SDK's own pipeline. */
export function getRaw(compute: Compute, subscriptionId: string, path: string, step: Step): Promise<unknown> {
  const url = new URL(path, compute.endpoint).href;
  return getUrl(compute, { subscriptionId }, url, step).then((response) => parse(response.bodyAsText));
}

async function getUrl(
  compute: Compute,
  { subscriptionId }: Pending,
  address: string | undefined,
  step: Step,
): Promise<PipelineResponse> {
  const url = new URL(address ?? '', compute.endpoint);
  if (!belongsTo(url, compute.endpoint)) {
    throw armFailure(
      { code: 'ForeignPollUrl', message: `The service sent a link to ${url.host}.`, innerCodes: [] },
      step,
    );
  }
  const { pipeline } = compute.client(subscriptionId);
  const request = createPipelineRequest({
    url: url.href,
    headers: undefined,
    allowInsecureConnection: compute.endpoint.protocol === 'http:',
  });
  request.headers.set('accept', 'application/json');
  const response = await pipeline.sendRequest(compute.http, request);
  if (response.status < 300) return response;
  const retryAfterSeconds = readRetryAfter(response.headers.get('retry-after'), Date.now());
  throw armFailure(
    { ...readErrorBody(safeParse(response.bodyAsText)), statusCode: response.status, retryAfterSeconds },
    step,
  );
}

function safeParse(text: string | null | undefined): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
