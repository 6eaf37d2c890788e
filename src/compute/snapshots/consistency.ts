import { z } from 'zod';
import { Consistency } from '../../disks/consistency';
import type { FailureCode } from '../../failures/catalogue';
import type { Failure } from '../../failures/failure';

const RANK: Record<Consistency, number> = { crash: 0, 'file-system': 1, application: 2 };

/** True when `reached` is at least what was `asked`. */
export const satisfies = (reached: Consistency, asked: Consistency): boolean => RANK[reached] >= RANK[asked];

/** What to do after a failed try. */
export type NextTry =
  | { do: 'retry'; afterSeconds: number }
  /** The agentless restore point; `reason` goes into the recovery point. */
  | { do: 'crash'; reason: string }
  /**
   * One incremental snapshot per disk, where restore points are refused and no two disks can differ in time.
   */
  | { do: 'disk-snapshots'; reason: string }
  | { do: 'give-up' };

/** A failed try, and what may be done about it. */
export interface FailedTry {
  failure: Pick<Failure, 'code' | 'message' | 'retryAfterSeconds'>;
  /** The level the failed try was made with. */
  mode: 'guest' | 'crash';
  /** Tries with this mode so far, the failed one included. */
  triesOfMode: number;
  running: boolean;
  fallbackAllowed: boolean;
  /** The number of disks in the snapshot. */
  diskCount: number;
}

interface Rule {
  /** Tries with the same mode, before anything else is done. */
  tries: number;
  waitSeconds: number;
  /** Whether a snapshot without the guest's help can get round it. */
  agentlessHelps: boolean;
}

const AT_ONCE: Rule = { tries: 1, waitSeconds: 0, agentlessHelps: true };
const ONE_MORE: Rule = { tries: 2, waitSeconds: 60, agentlessHelps: true };
const PLATFORM: Rule = { tries: 3, waitSeconds: 60, agentlessHelps: true };
const WAIT_TURN: Rule = { tries: 10, waitSeconds: 120, agentlessHelps: false };

/** Causes that are not here are final. Sources: "Troubleshoot restore point failures", section by section. */
const RULES: { [Code in FailureCode]?: Rule } = {
  UserErrorGuestAgentStatusUnavailable: AT_ONCE,
  GuestAgentSnapshotTaskStatusError: ONE_MORE,
  ExtensionSnapshotFailedNoNetwork: AT_ONCE,
  ExtensionInstallFailed: AT_ONCE,
  ExtensionInstallTimedOut: AT_ONCE,
  ExtensionFailedVssWriterInBadState: ONE_MORE,
  ExtensionOperationFailedForManagedDisks: ONE_MORE,
  ExtensionSnapshotFailedCOM: ONE_MORE,
  ExtensionSnapshotFailedCOMMemory: ONE_MORE,
  ExtensionInstallationFailedMSDTC: AT_ONCE,
  ExtensionVCRedistInstallationFailure: AT_ONCE,
  GuestResourcesExhausted: ONE_MORE,
  UserErrorFsFreezeFailed: ONE_MORE,
  PrePostScriptFailed: AT_ONCE,
  OSProvisioningClientError: AT_ONCE,
  SnapshotAlreadyRunning: WAIT_TURN,
  VmChangedDuringSnapshot: { tries: 5, waitSeconds: 60, agentlessHelps: false },
  SnapshotServiceError: PLATFORM,
  AllocationFailed: PLATFORM,
  ComputeOperationTimedOut: AT_ONCE,
  SnapshotRefused: AT_ONCE,
};

/** Refusals of restore points as such, where snapshots of single disks may still be taken. */
const REFUSES_POINTS: ReadonlySet<string> = new Set<FailureCode>([
  'SnapshotRefused',
  'SnapshotServiceError',
  'AllocationFailed',
  'UserErrorRpCollectionLimitReached',
]);

/**
 * The consistency ladder: application → file-system → crash, as far as the policy allows. Pure. A VM that is
 * not running has nothing to bring to rest, so the step to an agentless point is none down and needs no
 * permission.
 */
export function nextTry(failed: FailedTry): NextTry {
  const { failure, mode, triesOfMode, running, fallbackAllowed } = failed;
  const rule = RULES[failure.code as FailureCode];
  if (rule && triesOfMode < rule.tries) {
    return { do: 'retry', afterSeconds: Math.max(failure.retryAfterSeconds ?? 0, rule.waitSeconds) };
  }
  const reason = `${failure.code}: ${failure.message}`;
  const mayStepDown = fallbackAllowed || !running;
  if (mode === 'guest' && rule?.agentlessHelps && mayStepDown) return { do: 'crash', reason };
  // Snapshots of several disks of a running VM would be of several instants.
  const oneInstant = !running || failed.diskCount === 1;
  if (REFUSES_POINTS.has(failure.code) && mayStepDown && oneInstant) return { do: 'disk-snapshots', reason };
  return { do: 'give-up' };
}

/** The platform's own name of a level, as a restore point reports it. */
export function readConsistency(mode: string | undefined): Consistency {
  if (mode === 'ApplicationConsistent') return 'application';
  return mode === 'FileSystemConsistent' ? 'file-system' : 'crash';
}

/** The level of a snapshot: what was asked, what was reached, and why the two differ. */
export const ReachedConsistency = z.object({
  asked: Consistency,
  reached: Consistency,
  reason: z.string().optional(),
});
export type ReachedConsistency = z.output<typeof ReachedConsistency>;

/**
 * What is known of a VM that is off. Azure tells that it is off, not how it came to be: a guest that was not
 * shut down left its file systems as a power cut does, and no snapshot can make up for that.
 */
const NOT_RUNNING =
  'The VM is not running: nothing writes to its disks. Azure does not tell whether its guest was shut down; ' +
  'if not, they are crash-consistent at best.';

/**
 * What a finished snapshot counts as. A VM that is off has no file system mounted and no application running:
 * whatever the platform calls it, the snapshot takes nothing away from its disks, and they count as
 * file-system consistent. The reason says what is not known.
 */
export function reachedConsistency(input: {
  asked: Consistency;
  reported: string | undefined;
  running: boolean;
  os: 'Windows' | 'Linux';
  /** Why an earlier try with a higher level failed. */
  fallbackReason?: string;
}): ReachedConsistency {
  const { asked, reported, running, os, fallbackReason } = input;
  if (!running) {
    return { asked, reached: 'file-system', reason: NOT_RUNNING };
  }
  const reached = readConsistency(reported);
  if (satisfies(reached, asked)) return { asked, reached };
  const platform =
    os === 'Windows'
      ? 'The platform reported that some VSS writers failed.'
      : 'The VM has no pre- and post-snapshot scripts.';
  const reason =
    fallbackReason ?? (reached === 'file-system' ? platform : `The platform reported ${reported}.`);
  return { asked, reached, reason };
}
