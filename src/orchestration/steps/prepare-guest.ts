import type { OrchestrationContext } from 'durable-functions';
import type { BackupPlan } from '../../backup/prepare-backup';
import type { VmRef } from '../../compute/arm/resource-id';
import type { ExtensionRecord } from '../../compute/guest/extension-record';
import { type WindowsState, windowsChanges } from '../../compute/guest/windows-changes';
import type { Outcome } from '../../failures/failure';
import type { BackupRequest } from '../../jobs/backup-request';
import { callActivity, runOperation, type Steps } from './call-activity';
import type { ProgressReport } from './job-progress';

/** What the first backup of a running VM found out about the guest; nothing on every later one. */
export interface GuestBaseline {
  extension?: ExtensionRecord;
  windowsBefore?: WindowsState;
}

/**
 * The first backup that finds the VM running installs the backup extension, after reading what it will change
 * on Windows. A VM that is not running gets no extension, and nothing is asked of its guest.
 */
export function* prepareGuest(
  context: OrchestrationContext,
  request: BackupRequest,
  plan: BackupPlan,
  progress: ProgressReport,
): Steps<Outcome<GuestBaseline>> {
  if (!plan.running) return { ok: true, value: {} };
  const baseline = plan.firstOnRunningVm
    ? yield* installExtension(context, request, progress)
    : { ok: true as const, value: {} };
  if (baseline.ok) yield* chooseVssMode(context, request, plan, progress);
  return baseline;
}

function* installExtension(
  context: OrchestrationContext,
  { ref, os, policy }: BackupRequest,
  progress: ProgressReport,
): Steps<Outcome<GuestBaseline>> {
  const windowsBefore = os === 'Windows' ? yield* readWindowsState(context, ref, progress) : undefined;
  const extension = yield* runOperation(context, 'ensureExtension', { ref, os });
  if (extension.ok) {
    progress.show({ extension: extension.value });
    return { ok: true, value: { extension: extension.value, windowsBefore } };
  }
  // An extension that will not install costs the application level, not the backup: the snapshot falls back
  // and says why.
  progress.warn(`${extension.failure.code}: ${extension.failure.message}`);
  return policy.consistency.allowFallback ? { ok: true, value: {} } : extension;
}

/** Full VSS backups are what Windows does by itself; copy-only ones have to be asked for, once. */
function* chooseVssMode(
  context: OrchestrationContext,
  { vmKey, ref, os, policy }: BackupRequest,
  plan: BackupPlan,
  progress: ProgressReport,
): Steps<void> {
  const mode = policy.consistency.vss;
  if (os !== 'Windows' || mode === plan.vssMode) return;
  const set = yield* runOperation(context, 'setVssMode', { ref, mode });
  if (set.ok) yield* callActivity(context, 'recordGuest', { vmKey, vssMode: mode });
  else progress.warn(`The VSS mode ${mode} could not be set: ${set.failure.message}`);
}

/**
 * Reads the guest again after the first snapshot and records what the backup changed, for those whose
 * monitoring asks.
 */
export function* recordGuestChanges(
  context: OrchestrationContext,
  { vmKey, ref }: BackupRequest,
  { extension, windowsBefore }: GuestBaseline,
  progress: ProgressReport,
): Steps<void> {
  if (!extension) return;
  const after = windowsBefore ? yield* readWindowsState(context, ref, progress) : undefined;
  const changes = windowsBefore && after ? windowsChanges(windowsBefore, after) : undefined;
  if (changes) progress.show({ windowsChanges: changes });
  yield* callActivity(context, 'recordGuest', { vmKey, extension, windowsChanges: changes });
}

/** A guest that will not answer never fails its backup. */
function* readWindowsState(
  context: OrchestrationContext,
  ref: VmRef,
  progress: ProgressReport,
): Steps<WindowsState | undefined> {
  const state = yield* runOperation(context, 'readWindowsState', { ref });
  if (state.ok) return state.value;
  progress.warn(`The Windows changes could not be read: ${state.failure.message}`);
  return undefined;
}
