import { parseJson } from '../../basics/parse-json';
import { redact } from './redact';

/**
 * An error as Azure Resource Manager told it, whether in an answer or as the end of a long-running operation.
 */
export interface ArmError {
  /** The outermost code, for example `OperationNotAllowed`; empty when the service gave none. */
  code: string;
  /** All messages, outermost first, without secrets. */
  message: string;
  /** Codes of `details` and `innererror`: the platform hides the cause there. */
  innerCodes: string[];
  /** HTTP status; absent for the end of a long-running operation and for a broken connection. */
  statusCode?: number;
  /** From `Retry-After`. */
  retryAfterSeconds?: number;
}

/** Error bodies as in "Common errors and solutions" of the Azure Resource Manager documentation. */
interface ErrorBody {
  code?: unknown;
  message?: unknown;
  details?: unknown;
  innererror?: unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Every error body in the tree, outermost first; bounded, because it comes from outside. */
function flatten(body: ErrorBody, depth = 0): ErrorBody[] {
  if (depth > 5) return [];
  const inner = [...(Array.isArray(body.details) ? body.details : []), body.innererror]
    .filter(isObject)
    .slice(0, 20);
  return [body, ...inner.flatMap((child) => flatten(child, depth + 1))];
}

/** Reads the `error` object of a failed answer or of a failed long-running operation. */
export function readErrorBody(body: unknown): ArmError {
  const wrapped = isObject(body) && isObject(body.error) ? body.error : body;
  const all = flatten(isObject(wrapped) ? wrapped : {});
  const messages = all.map((one) => asText(one.message)).filter((message) => message !== '');
  const codes = all.map((one) => asText(one.code));
  return {
    code: codes[0] ?? '',
    message: redact([...new Set(messages)].join(' ')),
    innerCodes: codes.slice(1).filter((code) => code !== ''),
  };
}

/**
 * Seconds to wait, from `Retry-After` in seconds or as a date; undefined when there is none or it makes no
 * sense. A date is one of the service's clock: it is held against the `Date` of the same answer.
 */
export function readRetryAfter(
  value: string | null | undefined,
  sentAt: string | null | undefined,
): number | undefined {
  if (!value) return undefined;
  const left = () => Math.ceil((Date.parse(value) - Date.parse(sentAt ?? '')) / 1000);
  const seconds = /^\d+$/.test(value) ? Number(value) : left();
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 3600) : undefined;
}

/** What the SDK throws when an answer is an error, as far as it is read here. */
interface RestErrorLike {
  name: string;
  code?: string;
  statusCode?: number;
  message: string;
  response?: { headers: { get(name: string): string | undefined }; bodyAsText?: string | null };
}

const isRestError = (error: unknown): error is RestErrorLike =>
  error instanceof Error && error.name === 'RestError' && 'message' in error;

/** Reads the body of a failed answer; of one that is no JSON, nothing. */
export const readErrorText = (text: string | null | undefined): ArmError =>
  readErrorBody(parseJson(text ?? ''));

/**
 * The error of Azure inside a value that the SDK threw; undefined for anything that did not come from the
 * service.
 */
export function toArmError(error: unknown): ArmError | undefined {
  if (!isRestError(error)) return undefined;
  const body = readErrorText(error.response?.bodyAsText);
  const headers = error.response?.headers;
  return {
    ...body,
    code: body.code || error.code || '',
    message: body.message || redact(error.message),
    statusCode: error.statusCode,
    retryAfterSeconds: readRetryAfter(headers?.get('retry-after'), headers?.get('date')),
  };
}
