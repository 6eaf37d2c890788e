import { entries } from './entry';

/**
 * Of the guest: the extension, the agent, VSS and scripts. In the names that Azure Backup users know where
 * there is one.
 */
export const GUEST = entries({
  ExtensionInstallFailed: {
    step: 'extension',
    title: 'The backup extension could not be installed.',
    remedy:
      "Look at the extension's message in the portal; check that no policy (AppLocker, antivirus) blocks it.",
    retryable: true,
  },
  ExtensionInstallTimedOut: {
    step: 'extension',
    title: 'The guest did not finish installing the backup extension.',
    remedy: "Check the VM's agent and its outbound access to 168.63.129.16; restart the agent.",
    retryable: true,
  },
  RunCommandFailed: {
    step: 'windows state',
    title: 'The script that reads the Windows services did not answer.',
    remedy: "Nothing: the backup goes on without the report. Check the VM's agent if it lasts.",
    retryable: true,
  },
  UserErrorGuestAgentStatusUnavailable: {
    step: 'snapshot',
    title: 'The VM agent does not report its state.',
    remedy: 'Restart the VM agent, update it, and allow 168.63.129.16 on ports 80, 443 and 32526.',
    retryable: true,
  },
  GuestAgentSnapshotTaskStatusError: {
    step: 'snapshot',
    title: 'The agent did not tell how the snapshot went.',
    remedy: 'Restart the agent; check AppLocker, antivirus and proxy settings inside the VM.',
    retryable: true,
  },
  ExtensionSnapshotFailedNoNetwork: {
    step: 'snapshot',
    title: 'The extension has no network to report on.',
    remedy: 'Allow the VM outbound access to 168.63.129.16, or use crash-consistent backups.',
    retryable: true,
  },
  ExtensionFailedVssWriterInBadState: {
    step: 'snapshot',
    title: 'A VSS writer is in a bad state, so the applications cannot be brought to rest.',
    remedy: "Run 'vssadmin list writers' in the VM and restart the service of each failed writer.",
    retryable: true,
  },
  ExtensionOperationFailedForManagedDisks: {
    step: 'snapshot',
    title: 'The VSS service of the VM failed.',
    remedy: 'Check that the VSS service starts and that no other product takes snapshots at the same time.',
    retryable: true,
  },
  ExtensionSnapshotFailedCOM: {
    step: 'snapshot',
    title: 'COM+ failed inside the VM.',
    remedy: "Restart the service 'COM+ System Application'; if it does not start, reinstall COM+.",
    retryable: true,
  },
  ExtensionSnapshotFailedCOMMemory: {
    step: 'snapshot',
    title: 'COM+ ran out of memory inside the VM.',
    remedy: "Restart the service 'COM+ System Application', or the VM, and free memory.",
    retryable: true,
  },
  ExtensionInstallationFailedMSDTC: {
    step: 'snapshot',
    title: 'COM+ could not talk to the Distributed Transaction Coordinator.',
    remedy: 'Start the service MSDTC under the account NetworkService; reinstall it if it does not start.',
    retryable: true,
  },
  ExtensionVCRedistInstallationFailure: {
    step: 'snapshot',
    title: 'The Visual C++ 2013 Redistributable could not be installed.',
    remedy: 'Install Visual C++ 2013 Redistributable (x64) 12.0.40660 by hand.',
    retryable: true,
  },
  GuestResourcesExhausted: {
    step: 'snapshot',
    title: 'The VM is short of memory, processor time or disk space for the snapshot.',
    remedy: 'Free resources in the VM, or back it up at a quieter hour.',
    retryable: true,
  },
  UserErrorFsFreezeFailed: {
    step: 'snapshot',
    title: 'A Linux file system could not be frozen.',
    remedy: 'Check the mounts with fsck, and MountsToSkip in /etc/azure/vmbackup.conf.',
    retryable: true,
  },
  PrePostScriptFailed: {
    step: 'snapshot',
    title: 'A pre- or post-snapshot script failed, timed out or may not be run.',
    remedy: 'Check the script, its owner (root) and mode (700), and VMSnapshotScriptPluginConfig.json (600).',
    retryable: true,
  },
});
