import type { FailureCode } from '../../failures/catalogue';
import { BackupError, backupError } from '../../failures/failure';
import { type ArmError, toArmError } from './arm-error';
import { redact } from './redact';

/** The steps of the process that talk to Azure Compute. */
export type Step =
  | 'discover'
  | 'inspect'
  | 'extension'
  | 'windows state'
  | 'snapshot'
  | 'disk access'
  | 'transfer'
  | 'clean up'
  | 'restore'
  | 'restore VM';

interface Rule {
  /** Matches the outer code or any inner one. */
  code?: RegExp;
  status?: number | ((status: number) => boolean);
  message?: RegExp;
  step?: Step;
  is: FailureCode;
}

/**
 * How Azure says that it failed inside, or had no time. Source: "Common error messages when you manage
 * virtual machines".
 */
const MAY_PASS =
  /^\w*Internal(\w*)Error$|^RetryableError|^Server(Timeout|Busy)$|^ServiceUnavailable$|^GatewayTimeout$|^OperationPreempted$/i;

/** Steps that make something in a resource group: elsewhere a group that is gone means that its VM is. */
const MADE_IN_A_GROUP: readonly Step[] = ['snapshot', 'restore', 'restore VM'];

/** What a "not found" names when it is not about the VM itself. */
const OTHER_THAN_A_VM =
  /The Resource '(?!Microsoft\.Compute\/virtualMachines\/)[\w.]+\/|resource \/subscriptions\/\S+\/providers\/(?!Microsoft\.Compute\/virtualMachines\/)/i;

/** That the interface or its subnet is not there, and not something that an interface refers to. */
const ABOUT_A_CONNECTION =
  /Resource \S*\/(networkInterfaces|subnets)\/[^/\s]+ referenced|^(?!.*Resource \S+ referenced).*(networkInterface|subnet)/i;

/**
 * What the words of Azure mean, in the names that Azure Backup users know. The first match counts, so causes
 * stand before the codes that wrap them. Sources: "Troubleshoot restore point failures" and "Troubleshoot
 * backup failures on Azure virtual machines".
 */
const RULES: Rule[] = [
  { status: 429, is: 'TooManyRequests' },
  { code: /^TooManyRequests$/i, is: 'TooManyRequests' },
  { code: /DiskRestorePointUsedByCustomer/i, is: 'DiskRestorePointUsedByCustomer' },
  { code: /^ScopeLocked$/i, is: 'ResourceLocked' },
  { code: /^RequestDisallowedByPolicy$/i, is: 'PolicyDenied' },
  ...MADE_IN_A_GROUP.map(
    (step): Rule => ({ code: /^ResourceGroupNotFound$/i, step, is: 'ResourceGroupNotFound' }),
  ),
  {
    code: /^(QuotaExceeded|OperationNotAllowed)$/i,
    message: /quota/i,
    step: 'restore',
    is: 'RestoreQuotaExceeded',
  },
  { code: /^SkuNotAvailable$|AllocationFailed/i, step: 'restore', is: 'RestoreDiskTypeNotAvailable' },
  {
    code: /^(InvalidResourceReference|LinkedInvalidPropertyId)$/i,
    step: 'restore',
    is: 'RestoreResourceNotFound',
  },
  { status: 404, step: 'restore', is: 'RestoreResourceNotFound' },
  ...restoreVmRules(),

  {
    message:
      /snapshots? of (the same|one|a) .*famil|concurrent(ly)? .*(SAS|shared access)|(more than|at most|maximum of) (5|five) .*(SAS|access)/i,
    step: 'disk access',
    is: 'TooManyDiskAccesses',
  },
  {
    message: /networkAccessPolicy|DenyAll|publicNetworkAccess|public network access|network access policy/i,
    step: 'disk access',
    is: 'DiskAccessDenied',
  },

  { message: /VSS writer/i, is: 'ExtensionFailedVssWriterInBadState' },
  { message: /COM\+.*memory|memory.*COM\+/i, is: 'ExtensionSnapshotFailedCOMMemory' },
  { message: /MSDTC|Distributed Transaction Coordinator/i, is: 'ExtensionInstallationFailedMSDTC' },
  { message: /COM\+/i, is: 'ExtensionSnapshotFailedCOM' },
  { message: /Visual C\+\+|VC\+\+|redistributable/i, is: 'ExtensionVCRedistInstallationFailure' },
  { message: /shared disk|maxShares/i, is: 'DiskIsShared' },
  {
    message: /snapshots?[^.]*(limit|maximum)|(limit|maximum)[^.]*snapshots?/i,
    is: 'ExtensionFailedSnapshotLimitReachedError',
  },
  {
    message: /(limit|maximum|allowed)[^.]*restore points?|restore points?[^.]*(limit|maximum)/i,
    is: 'UserErrorRpCollectionLimitReached',
  },
  {
    message: /network connectivity|no network|network access|restricted network/i,
    step: 'snapshot',
    is: 'ExtensionSnapshotFailedNoNetwork',
  },
  {
    message: /concurrent|another (restore point|create)|already (in progress|being created)/i,
    step: 'snapshot',
    is: 'SnapshotAlreadyRunning',
  },
  { message: /changes? (were|was) made .*in progress/i, is: 'VmChangedDuringSnapshot' },
  { message: /not (been )?allocated/i, step: 'snapshot', is: 'DiskNotAllocated' },
  { message: /fsfreeze|freeze/i, is: 'UserErrorFsFreezeFailed' },
  { message: /(pre|post)[- ]?script|script (failed|timed out|returned)/i, is: 'PrePostScriptFailed' },
  { message: /task status|snapshot task/i, step: 'snapshot', is: 'GuestAgentSnapshotTaskStatusError' },
  {
    message: /(VM|machine)'?s? resources|insufficient|out of memory|CPU|low on/i,
    code: /VMRestorePointClientError/i,
    is: 'GuestResourcesExhausted',
  },
  { message: /\bVSS\b|volume shadow/i, is: 'ExtensionOperationFailedForManagedDisks' },

  { message: /VHD footer/i, is: 'DiskUploadFailed' },
  { code: /VMAgentStatusCommunicationError/i, step: 'extension', is: 'ExtensionInstallFailed' },
  { code: /VMAgentStatusCommunicationError/i, is: 'UserErrorGuestAgentStatusUnavailable' },
  { code: /DiskRestorePointClientError/i, is: 'DiskEncryptionKeyUnavailable' },
  { code: /KeyVault|DiskEncryptionSet/i, is: 'DiskEncryptionKeyUnavailable' },
  { code: /OSProvisioning/i, is: 'OSProvisioningClientError' },
  { code: /AllocationFailed/i, is: 'AllocationFailed' },
  { code: /VMExtensionProvisioningTimeout/i, is: 'ExtensionInstallTimedOut' },
  { code: /^VMExtension/i, is: 'ExtensionInstallFailed' },
  { code: /VMRestorePointInternalError/i, is: 'SnapshotServiceError' },
  { code: MAY_PASS, step: 'snapshot', is: 'SnapshotServiceError' },
  { code: MAY_PASS, is: 'ComputeUnavailable' },
  { code: /VMRestorePointClientError/i, is: 'SnapshotRefused' },

  { code: /AuthorizationFailed$|^AuthorizationFailure$/i, is: 'ComputeAccessDenied' },
  { status: 401, is: 'ComputeAccessDenied' },
  { status: 403, is: 'ComputeAccessDenied' },
  { status: 404, step: 'disk access', is: 'SnapshotGone' },
  { status: 404, step: 'transfer', is: 'SnapshotGone' },
  { status: 404, step: 'restore', message: /restorePoints|snapshots/i, is: 'SnapshotGone' },
  { status: 404, is: 'VmNotFound' },
  { status: 408, is: 'ComputeUnavailable' },
  { status: (status) => status >= 500, is: 'ComputeUnavailable' },
  { code: /^(REQUEST_SEND_ERROR|PARSE_ERROR|E[A-Z]+)$/, is: 'ComputeUnavailable' },
  { step: 'snapshot', status: (status) => status >= 400, is: 'SnapshotRefused' },
  { step: 'snapshot', is: 'SnapshotServiceError' },
  { step: 'extension', is: 'ExtensionInstallFailed' },
  { step: 'windows state', is: 'RunCommandFailed' },
  { step: 'restore', is: 'DiskUploadFailed' },
  { step: 'restore VM', is: 'RestoreVmRefused' },
];

/**
 * Creating a VM, and swapping its disks. Sources: "Troubleshoot allocation failures" and "Swap the OS disk
 * used by an Azure VM".
 */
function restoreVmRules(): Rule[] {
  const rules: Omit<Rule, 'step'>[] = [
    { code: /^(QuotaExceeded|OperationNotAllowed)$/i, message: /quota/i, is: 'RestoreCoreQuotaExceeded' },
    { code: /^NicInUse$/i, is: 'NetworkInterfaceInUse' },
    { code: /^SubnetNotFound$/i, is: 'NetworkInterfaceNotFound' },
    {
      code: /^(InvalidResourceReference|NotFound)$/i,
      message: ABOUT_A_CONNECTION,
      is: 'NetworkInterfaceNotFound',
    },
    { status: 404, message: /networkInterfaces|subnets/i, is: 'NetworkInterfaceNotFound' },
    { code: /^(InvalidResourceReference|LinkedInvalidPropertyId)$/i, is: 'RestoreResourceNotFound' },
    { status: 404, message: OTHER_THAN_A_VM, is: 'RestoreResourceNotFound' },
    { status: 404, is: 'RestoreVmGone' },
    {
      code: /^(SkuNotAvailable|VMSizeNotSupported|NotAvailableForSubscription)$/i,
      is: 'RestoreSizeNotAvailable',
    },
    { code: /AllocationFailed|^OverconstrainedAllocationRequest$/i, is: 'RestoreVmNoCapacity' },
    { message: /only while it is deallocated|must be deallocated/i, is: 'RestoreVmRunning' },
    {
      code: /^(Conflict|AnotherOperationInProgress|OperationPreempted|NicReservedForAnotherVm|AttachDiskWhileBeingDetached)$/i,
      is: 'RestoreVmBusy',
    },
  ];
  return rules.map((rule) => ({ ...rule, step: 'restore VM' as const }));
}

function matches(rule: Rule, error: ArmError, step: Step): boolean {
  const { statusCode } = error;
  if (rule.step && rule.step !== step) return false;
  if (rule.code && ![error.code, ...error.innerCodes].some((code) => rule.code?.test(code))) return false;
  if (rule.message && !rule.message.test(error.message)) return false;
  if (rule.status === undefined) return true;
  if (statusCode === undefined) return false;
  return typeof rule.status === 'number' ? rule.status === statusCode : rule.status(statusCode);
}

/** The cause code of an error of Azure in a step. Pure; `InternalError` when nothing is known about it. */
export const causeOf = (error: ArmError, step: Step): FailureCode =>
  RULES.find((rule) => matches(rule, error, step))?.is ?? 'InternalError';

/**
 * The failure of `step` with this cause, without secrets. Unlike the catalogue's, its step is the one that
 * really failed.
 */
export function stepFailure(
  code: FailureCode,
  step: Step,
  detail: string,
  options: { cause?: unknown; retryAfterSeconds?: number } = {},
): BackupError {
  const { failure } = backupError(code, redact(detail), options);
  return new BackupError({ ...failure, step }, { cause: options.cause });
}

/** What a lock says, without what it kept: the same for everything that it keeps, so that it is told once. */
const withoutKept = (message: string): string =>
  message.replace(/^The scope '[^']*' cannot/, 'The scope cannot');

/** The typed failure for an error of Azure. */
export function armFailure(error: ArmError, step: Step, cause?: unknown): BackupError {
  const detail = [error.code, withoutKept(error.message)].filter((part) => part !== '').join(': ');
  const { retryAfterSeconds } = error;
  return stepFailure(causeOf(error, step), step, detail || 'Azure gave no reason.', {
    cause,
    retryAfterSeconds,
  });
}

/**
 * Whatever was thrown, as a typed failure of `step`: errors of Azure by the rules above, everything else as
 * it is.
 */
export function asStepFailure(error: unknown, step: Step): BackupError {
  if (error instanceof BackupError) return error;
  const arm = toArmError(error);
  if (arm) return armFailure(arm, step, error);
  return stepFailure('InternalError', step, error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}

/** Runs `call` and turns what it throws into a failure of `step`. */
export const during = <T>(step: Step, call: () => Promise<T>): Promise<T> =>
  call().catch((error: unknown) => {
    throw asStepFailure(error, step);
  });

/** The result of `call`, or undefined where Azure answers 404. Other errors become failures of `step`. */
export const findOrUndefined = <T>(step: Step, call: () => Promise<T>): Promise<T | undefined> =>
  undefinedWhen(404, step, call);

/**
 * The result of `call`, which asks for what must not exist yet; undefined where Azure answers 412, because it
 * does.
 */
export const createOrUndefined = <T>(step: Step, call: () => Promise<T>): Promise<T | undefined> =>
  undefinedWhen(412, step, call);

const undefinedWhen = <T>(status: number, step: Step, call: () => Promise<T>): Promise<T | undefined> =>
  call().catch((error: unknown) => {
    if (toArmError(error)?.statusCode === status) return undefined;
    throw asStepFailure(error, step);
  });
