import type { Problem } from './api-types';

/** What a service answered when it did not do what was asked. */
export class RequestFailed extends Error {
  override readonly name: string = 'RequestFailed';
  constructor(
    readonly status: number,
    /** The machine-readable cause, where the answer has one. */
    readonly code: string | undefined,
    message: string,
    readonly remedy?: string,
  ) {
    super(message);
  }
}

/** The API refused a request, or could not do it: the cause, what happened, and what to do about it. */
export class ApiProblem extends RequestFailed {
  override readonly name = 'ApiProblem';
  override readonly code: string;
  override readonly remedy: string;
  /** What kind of thing went wrong, in a few words. */
  readonly title: string;
  /** What went wrong this time; also the message. */
  readonly detail: string;
  constructor(
    /** All that the answer says, such as the `field` that was not valid. */
    readonly document: Problem,
  ) {
    const { status, code, title, detail, remedy } = document;
    super(status, code, detail, remedy);
    this.code = code;
    this.remedy = remedy;
    this.title = title;
    this.detail = detail;
  }
}

/**
 * The error for an answer with a status from 400 on. Understands the problem documents of the API (RFC 9457)
 * and Azure's `{"error":{code,message}}`; of anything else it tells the first 500 characters.
 */
export function failureOf(answer: Response, text: string, request: string): RequestFailed {
  const { status, headers } = answer;
  let document: Record<string, unknown>;
  try {
    document = JSON.parse(text);
  } catch {
    return new RequestFailed(status, undefined, `${request}: ${status} ${text.slice(0, 500)}`.trimEnd());
  }
  if (headers.get('content-type')?.startsWith('application/problem+json')) {
    return new ApiProblem(document as Problem);
  }
  const { code, message, remedy } = (document.error ?? document) as Record<string, string | undefined>;
  return new RequestFailed(status, code, message ?? `${request}: ${status}`, remedy);
}
