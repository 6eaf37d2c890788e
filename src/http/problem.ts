import type { Failure } from '../failures/failure';

/** The body of every error answer, a problem document (RFC 9457) with this system's code and remedy. */
export interface ProblemDocument {
  status: number;
  code: string;
  title: string;
  detail: string;
  remedy: string;
  [extension: string]: unknown;
}

/** Thrown by a route to answer with a problem document. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(readonly document: ProblemDocument) {
    super(document.detail);
  }
}

export const notFound = (kind: string, id: string, listedBy: string): Problem =>
  new Problem({
    status: 404,
    code: 'NotFound',
    title: `Unknown ${kind}`,
    detail: `There is no ${kind} ${id}.`,
    remedy: `Take the key from ${listedBy}.`,
  });

export const invalid = (field: string, detail: string): Problem =>
  new Problem({
    status: 400,
    code: 'InvalidRequest',
    title: 'The request is not valid',
    detail: `${field}: ${detail}`,
    remedy: `Correct ${field}; the API is described at /api/openapi.json.`,
    field,
  });

export const backupRunning = (vmKey: string, jobId: string): Problem =>
  new Problem({
    status: 409,
    code: 'BackupAlreadyRunning',
    title: 'A backup of this VM is running',
    detail: `The VM ${vmKey} is being backed up by job ${jobId}.`,
    remedy: 'Wait for that job, or cancel it.',
    job: jobId,
  });

export const jobIsOver = (jobId: string, state: string): Problem =>
  new Problem({
    status: 409,
    code: 'JobIsOver',
    title: 'The job has ended',
    detail: `The job ${jobId} has ended already: ${state}.`,
    remedy: 'Nothing can be cancelled any more.',
  });

/** A catalogued failure behind a route: the caller's request was fine, the system could not serve it. */
export const fromFailure = (failure: Failure): ProblemDocument => ({
  status: failure.retryable ? 503 : 500,
  code: failure.code,
  title: `The step "${failure.step}" failed`,
  detail: failure.message,
  remedy: failure.remedy,
});
