/** The control plane: everything this system asks of Azure Compute. */
export { captureConfiguration, type VmConfiguration } from './configuration';
export { type Compute, type ComputeSettings, connectCompute } from './connection';
export { type Consistency, nextTry } from './consistency';
export { type DiscoveredVm, discoverVms } from './discover';
export { closeDiskAccess, openDiskAccess } from './disk-access';
export { openDiskSource } from './disk-source';
export { openDiskTarget } from './disk-target';
export { type ExtensionRecord, ensureExtension } from './extension';
export { inspectVm, type VmInspection } from './inspect';
export type { Operation } from './operation';
export { removeSnapshot } from './remove-snapshot';
export type { VmRef } from './resource-id';
export { createRestoreDisk } from './restore-disk';
export type { Snapshot, SnapshotDisk } from './snapshot';
export { takeSnapshot } from './take-snapshot';
export { readWindowsState, type WindowsState, windowsChanges } from './windows-state';
