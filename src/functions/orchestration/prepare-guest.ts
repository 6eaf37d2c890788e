import type { OrchestrationContext } from 'durable-functions';
import type { BackupPlan } from '../../activities/contract';
import type { BackupRequest } from '../../backup/backup-request';
import type { ExtensionRecord } from '../../compute/extension';
import { type WindowsState, windowsChanges } from '../../compute/windows-state';
import type { Outcome } from '../../failures/failure';
import { callActivity, runOperation, type Steps } from './call-activity';
import type { ProgressReport } from './job-progress';

/** What the first backup of a running VM found out about the guest; nothing on every later one. */
export interface GuestBaseline {
  extension?: ExtensionRecord;
  windowsBefore?: WindowsState;
}

/**
 * The first backup that finds the VM running installs the backup extension, after reading what it will change on Windows. A VM
 * that is not running gets no extension.
 */
export function* prepareGuest(
  context: OrchestrationContext,
  request: BackupRequest,
  plan: BackupPlan,
  progress: ProgressReport,
): Steps<Outcome<GuestBaseline>> {
  if (!plan.firstOnRunningVm) return { ok: true, value: {} };
  const { ref, os } = request;
  const windowsBefore = os === 'Windows' ? yield* readWindowsState(context, request, progress) : undefined;
  const extension = yield* runOperation(context, 'ensureExtension', { ref, os });
  if (!extension.ok) {
    // An extension that will not install costs the application level, not the backup: the snapshot falls back and says why.
    progress.warn(`${extension.failure.code}: ${extension.failure.message}`);
    return request.policy.consistency.allowFallback ? { ok: true, value: {} } : extension;
  }
  progress.show({ extension: extension.value });
  return { ok: true, value: { extension: extension.value, windowsBefore } };
}

/** Reads the guest again after the first snapshot and records what the backup changed, for those whose monitoring asks. */
export function* recordGuestChanges(
  context: OrchestrationContext,
  request: BackupRequest,
  baseline: GuestBaseline,
  progress: ProgressReport,
): Steps<void> {
  const { extension, windowsBefore } = baseline;
  if (!extension) return;
  const after = windowsBefore ? yield* readWindowsState(context, request, progress) : undefined;
  const changes = windowsBefore && after ? windowsChanges(windowsBefore, after) : undefined;
  if (changes) progress.show({ windowsChanges: changes });
  yield* callActivity(context, 'recordFirstBackup', {
    vmKey: request.vmKey,
    extension,
    windowsChanges: changes,
  });
}

/** A guest that will not answer never fails its backup. */
function* readWindowsState(
  context: OrchestrationContext,
  request: BackupRequest,
  progress: ProgressReport,
): Steps<WindowsState | undefined> {
  const state = yield* runOperation(context, 'readWindowsState', { ref: request.ref });
  if (state.ok) return state.value;
  progress.warn(`The Windows changes could not be read: ${state.failure.message}`);
  return undefined;
}
