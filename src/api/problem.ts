import { z } from 'zod';
import { CATALOGUE, type FailureCode } from '../failures/catalogue';
import type { Failure } from '../failures/failure';

/** The body of every error answer, a problem document (RFC 9457) with this system's code and remedy. */
export const ProblemDocument = z.looseObject({
  status: z.int(),
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  remedy: z.string(),
});
export type ProblemDocument = z.output<typeof ProblemDocument>;

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
    title: 'A job holds this VM',
    detail: `The VM ${vmKey} is being backed up, or its disks replaced, by job ${jobId}.`,
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

export const changedMeanwhile = (what: string): Problem =>
  new Problem({
    status: 412,
    code: 'ChangedMeanwhile',
    title: 'It has changed meanwhile',
    detail: `${what} is not the version of If-Match any more.`,
    remedy: 'Read it again and repeat the change.',
  });

export const policyInUse = (policy: string, vms: string[]): Problem =>
  new Problem({
    status: 409,
    code: 'PolicyInUse',
    title: 'The policy protects VMs',
    detail: `${vms.length} VMs are protected by the policy ${policy}, for example ${vms[0]}.`,
    remedy: 'Protect them by another policy, or stop their protection; then delete the policy.',
    vms: vms.slice(0, 100),
  });

export const policyIsPreset = (policy: string): Problem =>
  new Problem({
    status: 409,
    code: 'PolicyIsPreset',
    title: 'The policy is built in',
    detail: `The policy ${policy} is a preset that nobody has changed.`,
    remedy: 'Nothing needs to be deleted: it protects only the VMs that name it.',
  });

export const keyUsedTwice = (): Problem =>
  new Problem({
    status: 422,
    code: 'IdempotencyKeyReused',
    title: 'The Idempotency-Key belongs to another request',
    detail: 'A different request was sent with this Idempotency-Key before.',
    remedy: 'Use a new key for every new request, and the same one only to repeat it.',
  });

/** All that a caller without a key is told of a failure. */
export const notReady: ProblemDocument = {
  status: 503,
  code: 'NotReady',
  title: 'The app cannot work',
  detail: 'The vault or a setting is not as it should be.',
  remedy: 'Look at the log of the function app.',
};

/** Failures that say something about the request, with their status; every other one is the system's own. */
const OF_THE_REQUEST: Partial<Record<FailureCode, number>> = {
  RecoveryPointNotFound: 404,
  RecoveryPointGone: 410,
  VaultNameInvalid: 400,
  BackupAlreadyRunning: 409,
};

/** A catalogued failure behind a route. What was asked for in vain is told by what is wrong with it, not by the step that noticed. */
export function fromFailure({ step, code, message, remedy, retryable }: Failure): ProblemDocument {
  const status = OF_THE_REQUEST[code as FailureCode];
  if (status === undefined) {
    const title = `The step "${step}" failed`;
    return { status: retryable ? 503 : 500, code, title, detail: message, remedy };
  }
  const title = CATALOGUE[code as FailureCode].title.replace(/\.$/, '');
  return { status, code, title, detail: `${title}: ${message}.`, remedy };
}
