import { z } from 'zod';
import { CATALOGUE, type FailureCode, isStorageCode } from '../failures/catalogue';
import type { Failure } from '../failures/failure';
import { cut, quoted } from './hostile-text';

/** The body of every error answer, a problem document (RFC 9457) with this system's code and remedy. */
export const ProblemDocument = z.looseObject({
  status: z.int(),
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  remedy: z.string(),
  /** The first field at fault. */
  field: z.string().optional(),
  /** Every field at fault, in the order in which they were found. */
  faults: z.array(z.object({ field: z.string(), detail: z.string() })).optional(),
});
export type ProblemDocument = z.output<typeof ProblemDocument>;

/** Thrown by a route to answer with a problem document. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(readonly document: ProblemDocument) {
    super(document.detail);
  }
}

/** Failures that say something about the request, with their status; every other one is the system's own. */
const STATUS = {
  InvalidRequest: 400,
  VaultNameInvalid: 400,
  NotFound: 404,
  RecoveryPointNotFound: 404,
  BackupAlreadyRunning: 409,
  JobIsOver: 409,
  PolicyInUse: 409,
  PolicyIsPreset: 409,
  PolicyLetsGoOfPoints: 409,
  RecoveryPointHeld: 409,
  RetentionNotLater: 409,
  VmIsGone: 410,
  RecoveryPointDeleted: 410,
  RecoveryPointGone: 410,
  LengthRequired: 411,
  ChangedMeanwhile: 412,
  BodyTooLarge: 413,
  IdempotencyKeyReused: 422,
  NotReady: 503,
} as const satisfies Partial<Record<FailureCode, number>>;
type RequestCode = keyof typeof STATUS;

/** What an occasion knows better than the catalogue, and further members of the document. */
interface Occasion {
  title?: string;
  remedy?: string;
  [member: string]: unknown;
}

function problem(code: RequestCode, detail: string, occasion: Occasion = {}): Problem {
  const { title = titleOf(code), remedy = CATALOGUE[code].remedy, ...members } = occasion;
  return new Problem({ status: STATUS[code], code, title, detail, remedy, ...members });
}

const titleOf = (code: FailureCode) => CATALOGUE[code].title.replace(/\.$/, '');

export const notFound = (kind: string, id: string, listedBy: string): Problem =>
  problem('NotFound', `There is no ${kind} ${id}.`, {
    title: `Unknown ${kind}`,
    remedy: `Take the key from ${listedBy}.`,
  });

export const notMeasured = (): Problem =>
  problem('NotFound', 'Nobody has counted yet what lies in the vault.', {
    title: 'No figures yet',
    remedy:
      'Wait for the nightly maintenance, or start one: POST /api/maintenance, with {"dryRun": true} too.',
  });

/** A VM that is not in Azure any more, and whose points are still there. */
export const vmIsGone = (vmKey: string, since: string | undefined): Problem => {
  const detail = `The VM ${vmKey} is gone from Azure${since === undefined ? '' : `, since ${since}`}; its recovery points are at /api/vms/${vmKey}/recovery-points.`;
  return problem('VmIsGone', detail, { recoveryPoints: `/api/vms/${vmKey}/recovery-points` });
};

/** What is wrong with one field of a request. */
export interface Fault {
  field: string;
  detail: string;
}

/**
 * More faults than this are of one making, and a document that names them all would be as long as the
 * request.
 */
const MOST_FAULTS = 50;

/** Refuses a request by the names of its fields at fault, all at once. */
export function invalidFields(first: Fault, ...others: Fault[]): Problem {
  const all = [first, ...others];
  const faults = all.slice(0, MOST_FAULTS).map(({ field, detail }) => ({ field: cut(field), detail }));
  const more = all.length === 1 ? '' : `; ${all.length - 1} more in faults`;
  return problem('InvalidRequest', `${quoted(first.field)}: ${first.detail}${more}`, {
    field: cut(first.field),
    faults,
  });
}

export const invalid = (field: string, detail: string): Problem => invalidFields({ field, detail });

export const lengthRequired = (): Problem =>
  problem('LengthRequired', 'A body that comes with Transfer-Encoding does not reach this app.');

export const bodyTooLarge = (mostBytes: number): Problem =>
  problem('BodyTooLarge', `The body is larger than ${mostBytes} bytes.`);

export const backupRunning = (vmKey: string, jobId: string): Problem =>
  problem(
    'BackupAlreadyRunning',
    `The VM ${vmKey} is being backed up, or its disks replaced, by job ${jobId}.`,
    { job: jobId },
  );

/** A point that is asked for and deleted: since when, by whom, and until when it can come back. */
export function pointDeleted(
  pointId: string,
  { deletedAt, by, reason, undeleteUntil, sealed }: DeletedPointFacts,
): Problem {
  const facts = { deletedAt, deletedBy: by, reason, undeleteUntil };
  const since = `The recovery point ${pointId} was deleted at ${deletedAt} (${reason})`;
  if (sealed) return problem('RecoveryPointGone', `${since}; its grace period is over.`, facts);
  return problem('RecoveryPointDeleted', `${since}; it can be undeleted until ${undeleteUntil}.`, facts);
}

interface DeletedPointFacts {
  deletedAt: string;
  by: string;
  reason: string;
  undeleteUntil: string;
  /** True once it cannot come back. */
  sealed: boolean;
}

export const jobIsOver = (jobId: string, state: string): Problem =>
  problem('JobIsOver', `The job ${jobId} has ended already: ${state}.`);

export const changedMeanwhile = (what: string): Problem =>
  problem('ChangedMeanwhile', `${what} is not the version of If-Match any more.`);

export const policyInUse = (policy: string, vms: string[]): Problem =>
  problem('PolicyInUse', `${vms.length} VMs are protected by the policy ${policy}, for example ${vms[0]}.`, {
    vms: vms.slice(0, 100),
  });

export const policyIsPreset = (policy: string): Problem =>
  problem('PolicyIsPreset', `The policy ${policy} is a preset that nobody has changed.`);

/** How many recovery points a change lets go of at once, of which VMs, and the oldest of them. */
interface Loss {
  count: number;
  vms: string[];
  points: string[];
}

export const letsGoOfPoints = (policy: string, { count, vms, points }: Loss): Problem => {
  const detail = `By this change the policy ${policy} lets go of ${pointsIn(count)} at once, of ${vms.length} VMs, for example ${vms[0]}.`;
  const remedy = `Look at them with POST /api/policies/${policy}/what-if. If they may go, repeat the request with ?confirm=${count}.`;
  const members = { remedy, letsGo: count, vms: vms.slice(0, 100), points };
  return problem('PolicyLetsGoOfPoints', detail, members);
};

export const protectionLetsGoOfPoints = (policy: string, { count, vms, points }: Loss): Problem => {
  const detail = `Protected by the policy ${policy}, ${vms[0]} lets go of ${pointsIn(count)} at once, for example ${points[0]}.`;
  const remedy = `Look at them with GET /api/vms/${vms[0]}/recovery-points, and hold those that have to stay. If the others may go, repeat the request with ?confirm= and their number, now ${count}.`;
  return problem('PolicyLetsGoOfPoints', detail, { remedy, letsGo: count, vms, points });
};

const pointsIn = (count: number): string => (count === 1 ? '1 recovery point' : `${count} recovery points`);

/**
 * All that a caller without a key is told of a failure: of the vault's storage the cause in the catalogue's
 * own words, which are the same for everybody; of anything else only that there is something. What happened
 * this time names accounts, containers and addresses, and stays inside.
 */
export function notReady({ code, remedy }: Failure): Problem {
  if (!isStorageCode(code)) return problem('NotReady', 'The vault or a setting is not as it should be.');
  const title = titleOf(code as FailureCode);
  const detail = CATALOGUE[code as FailureCode].title;
  return new Problem({ status: STATUS.NotReady, code, title, detail, remedy });
}

/**
 * A catalogued failure behind a route. What was asked for in vain is told by what is wrong with it, not by
 * the step that noticed.
 */
export function fromFailure({ step, code, message, remedy, retryable }: Failure): ProblemDocument {
  if (!isOfTheRequest(code)) {
    const title = `The step "${step}" failed`;
    return { status: retryable ? 503 : 500, code, title, detail: message, remedy };
  }
  // A message that is a sentence stands for itself; one that names the thing needs to be told what is wrong
  // with it.
  const detail = /\.$/.test(message) ? message : `${titleOf(code)}: ${message}.`;
  return { status: STATUS[code], code, title: titleOf(code), detail, remedy };
}

const isOfTheRequest = (code: string): code is RequestCode => Object.hasOwn(STATUS, code);
