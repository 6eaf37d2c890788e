import type { GuestFacts } from './guest';
import type { GuestMachine } from './guest-machine';
import { runScripts } from './scripts';

/** How well the disks of a snapshot fit what the guest was doing. */
export type ConsistencyMode = 'ApplicationConsistent' | 'FileSystemConsistent' | 'CrashConsistent';

/**
 * What becomes of a request for a restore point: the consistency reached, or the
 * error that the operation ends with.
 */
export type SnapshotOutcome =
  | {
      ok: true;
      consistencyMode: ConsistencyMode;
      facts: GuestFacts;
      installsExtension: boolean;
    }
  | { ok: false; code: string; message: string; facts: GuestFacts; installsExtension: boolean };

/** What the backup extension changes on a Windows VM before its first application-consistent snapshot. */
const WINDOWS_CHANGES: GuestFacts = {
  vcRedist2013x64: '12.0.40660',
  vssStartMode: 'Auto',
  iaasVmProvider: 'Auto',
};

/** Signatures of the storage service are refused by a guest whose clock is further off. */
const MOST_CLOCK_SKEW_SECONDS = 15 * 60;

/**
 * Plays the snapshot inside the guest. A VM that does not run, or a request for a
 * crash-consistent point, asks nothing of the guest; otherwise the platform brings the backup
 * extension along and the extension decides.
 */
export function takeSnapshot(vm: GuestMachine, askedCrashConsistent: boolean): SnapshotOutcome {
  const untouched = { facts: vm.facts, installsExtension: false };
  if (askedCrashConsistent || vm.powerState !== 'running') {
    return { ok: true, consistencyMode: 'CrashConsistent', ...untouched };
  }
  if (vm.guest.agent !== 'ready') {
    return {
      ok: false,
      code: 'VMAgentStatusCommunicationError',
      message:
        'Restore point creation failed because the VM agent is not ready or could not report its status.',
      ...untouched,
    };
  }
  if (vm.guest.network === 'blocked') {
    return refused(
      'Restore Point creation failed as there is no network connectivity on the virtual machine.',
      untouched,
    );
  }
  if (Math.abs(vm.guest.clockSkewSeconds) > MOST_CLOCK_SKEW_SECONDS) {
    return refused(
      'Restore Point creation failed because the time of the virtual machine is wrong: ' +
        'correct its clock and try again.',
      untouched,
    );
  }
  return vm.os === 'Windows' ? windowsSnapshot(vm) : linuxSnapshot(vm);
}

function windowsSnapshot(vm: GuestMachine): SnapshotOutcome {
  const before = { facts: vm.facts, installsExtension: true };
  const { guest } = vm;
  if (guest.vcRedistInstall === 'failed') {
    return refused(
      'Restore Point creation failed: ' +
        'the installation of the Visual C++ Redistributable for Visual Studio 2013 failed.',
      before,
    );
  }
  if (guest.comPlus === 'failed')
    return refused('Restore Point creation failed due to a COM+ error.', before);
  if (guest.comPlus === 'out-of-memory') {
    return refused(
      'Restore Point creation failed due to insufficient memory available in COM+ memory quota.',
      before,
    );
  }
  if (guest.msdtc === 'failed') {
    return refused(
      'Restore Point creation failed: ' +
        'the Distributed Transaction Coordinator (MSDTC) service is not working.',
      before,
    );
  }
  if (guest.resources === 'exhausted') {
    return refused('Restore Point creation failed due to inadequate VM resources.', before);
  }
  const changed = { facts: { ...vm.facts, ...WINDOWS_CHANGES }, installsExtension: true };
  if (guest.vss === 'failed')
    return refused('Restore Point creation failed due to VSS Writers in bad state.', changed);
  const isWholly = guest.vss === 'ok' && vm.fileConsistentPointsLeft === 0;
  return {
    ok: true,
    consistencyMode: isWholly ? 'ApplicationConsistent' : 'FileSystemConsistent',
    ...changed,
  };
}

function linuxSnapshot(vm: GuestMachine): SnapshotOutcome {
  const changed = { facts: vm.facts, installsExtension: true };
  const { guest } = vm;
  if (guest.resources === 'exhausted') {
    return refused('Restore Point creation failed due to inadequate VM resources.', changed);
  }
  const scripts = runScripts(guest.scripts);
  if (scripts.failure !== undefined) return refused(scripts.failure, changed);
  const freezes = guest.scripts?.configuration.fsFreezeEnabled ?? true;
  if (freezes && guest.fsFreeze !== 'ok') {
    const reason = guest.fsFreeze === 'timeout' ? 'timed out' : 'failed';
    return refused(
      `Restore Point creation failed: freezing the file systems of the virtual machine (fsfreeze) ${reason}.`,
      changed,
    );
  }
  const consistencyMode = scripts.succeeded ? 'ApplicationConsistent' : 'FileSystemConsistent';
  return { ok: true, consistencyMode, ...changed };
}

function refused(
  message: string,
  effects: Pick<SnapshotOutcome, 'facts' | 'installsExtension'>,
): SnapshotOutcome {
  return { ok: false, code: 'VMRestorePointClientError', message, ...effects };
}
