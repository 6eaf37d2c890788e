import { setTimeout as delay } from 'node:timers/promises';
import type { FailureCode } from '../../failures/catalogue';
import { BackupError } from '../../failures/failure';
import { readRetryAfter } from '../failures/arm-error';
import { type Step, stepFailure } from '../failures/arm-failure';
import { redact } from '../failures/redact';
import type { DataAnswer } from './http';

/** How patiently requests for a disk's bytes are repeated. */
export interface Patience {
  /** Failed tries in a row without a byte of progress. */
  tries: number;
  firstWaitMs: number;
  longestWaitMs: number;
}

/**
 * Some three minutes in all: long enough for a storage node to move, short enough for a transfer part to be
 * repeated.
 */
export const PATIENCE: Patience = { tries: 12, firstWaitMs: 200, longestWaitMs: 30_000 };

/** A service that wants to be left alone for longer is asked again by the next activity. */
const LONGEST_TOLD_SECONDS = 180;
/**
 * After so many failures in a row, whatever they are, the link may be what is wrong: its host may not exist
 * any more.
 */
const RENEW_ANYWAY = 6;

/** A try that may be repeated. */
export class TryAgain extends Error {
  constructor(
    message: string,
    readonly options: { retryAfterSeconds?: number; renewLink?: boolean } = {},
  ) {
    super(message);
  }
}

export interface RetryOptions {
  patience: Patience;
  /** What the failure is called when patience ends. */
  code: FailureCode;
  step: Step;
  /** Anything that grows while a try gets somewhere: progress resets patience. */
  progress: () => number;
  signal?: AbortSignal;
}

/**
 * Repeats `attempt` until it succeeds or gets nowhere `patience.tries` times in a row. It is told after which
 * moment (of `performance.now()`) its link must have been granted, since one that was refused is of no more
 * use.
 */
export async function withPatience<T>(
  { patience, code, step, progress, signal }: RetryOptions,
  attempt: (linkGrantedAfter: number) => Promise<T>,
): Promise<T> {
  let failures = 0;
  let linkGrantedAfter = 0;
  for (let before = progress(); ; before = progress()) {
    const startedAt = performance.now();
    try {
      return await attempt(linkGrantedAfter);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof BackupError) throw error;
      failures = progress() > before ? 1 : failures + 1;
      const { retryAfterSeconds, renewLink = false } = error instanceof TryAgain ? error.options : {};
      if (renewLink || failures === RENEW_ANYWAY) linkGrantedAfter = startedAt;
      const message = redact(error instanceof Error ? error.message : String(error));
      if (failures >= patience.tries) {
        throw stepFailure(code, step, `Given up after ${failures} tries: ${message}`, {
          cause: error,
          retryAfterSeconds,
        });
      }
      await delay(waitMs(patience, failures, retryAfterSeconds), undefined, { signal });
    }
  }
}

/**
 * The service's own wish, else exponential with jitter, so that fifty disks do not come back at the same
 * moment.
 */
function waitMs(
  { firstWaitMs, longestWaitMs }: Patience,
  failures: number,
  retryAfterSeconds?: number,
): number {
  if (retryAfterSeconds !== undefined) return Math.min(retryAfterSeconds, LONGEST_TOLD_SECONDS) * 1000;
  return Math.min(firstWaitMs * 2 ** (failures - 1), longestWaitMs) * (0.5 + Math.random() / 2);
}

/**
 * What an unsuccessful answer means: thrown as `TryAgain` where the next try may succeed, as a failure where
 * none will. Codes as in "Status and error codes" of the Blob service.
 */
export function refuseAnswer(answer: DataAnswer, code: FailureCode, step: Step): never {
  const { status, headers, body } = answer;
  const text = body.toString('utf8', 0, 4000);
  const reason = String(headers['x-ms-error-code'] ?? /<Code>([^<]*)/.exec(text)?.[1] ?? '');
  const words = wordsOf(text);
  const message = `The disk's endpoint answered ${status} ${reason}`.trim() + (words && `: ${words}`);
  const retryAfterSeconds = readRetryAfter(headers['retry-after'], headers.date);
  if (status === 410) throw stepFailure('DiskBytesGone', step, message);
  if (status === 401) throw stepFailure('DiskNeedsEntraLogin', step, message);
  // A link that is over fails authentication or leads nowhere; asking for a new one tells whether the disk is
  // gone. A network that is closed fails authorization, and stays closed.
  if (status === 403 && reason === 'AuthorizationFailure')
    throw stepFailure('DiskAccessDenied', step, message);
  if (status === 403 || status === 404) throw new TryAgain(message, { renewLink: true });
  if (status === 429 || status === 408 || status >= 500) throw new TryAgain(message, { retryAfterSeconds });
  throw stepFailure(code, step, message);
}

/** The message of an error document; of several lines the first, because the others number the request. */
function wordsOf(document: string): string {
  const [first = ''] = (/<Message>([^<]*)<\/Message>/.exec(document)?.[1] ?? '').split('\n');
  return first.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').trim();
}
