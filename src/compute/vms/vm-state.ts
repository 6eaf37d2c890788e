import type { VirtualMachineInstanceView } from '@azure/arm-compute';

/** The power state of a VM. `stopped` is shut down but still allocated; `unknown` when Azure does not say. */
export type PowerState =
  | 'running'
  | 'starting'
  | 'stopping'
  | 'stopped'
  | 'deallocating'
  | 'deallocated'
  | 'unknown';

export type OsType = 'Windows' | 'Linux';

/**
 * False only where Azure says that nothing runs inside. What may run may write, and a claim of rest must not
 * rest on a guess.
 */
export const mayWrite = (state: PowerState): boolean => state !== 'stopped' && state !== 'deallocated';

const POWER_STATES: readonly string[] = [
  'running',
  'starting',
  'stopping',
  'stopped',
  'deallocating',
  'deallocated',
];

/** The backup extensions of the platform, by operating system. */
export const BACKUP_EXTENSION: Record<OsType, { publisher: string; type: string; handlerVersion: string }> = {
  Windows: { publisher: 'Microsoft.Azure.RecoveryServices', type: 'VMSnapshot', handlerVersion: '1.9' },
  Linux: { publisher: 'Microsoft.Azure.RecoveryServices', type: 'VMSnapshotLinux', handlerVersion: '1.0' },
};

/** The VM agent, as it reports itself. */
export interface AgentState {
  ready: boolean;
  version?: string;
  message?: string;
}

/** An extension, from wherever the instance view shows it. */
export interface ExtensionState {
  /** Its type without the publisher, for example `VMSnapshot`. */
  type: string;
  name?: string;
  version?: string;
  /** True when its provisioning succeeded. */
  ready: boolean;
  message?: string;
}

const lastWord = (code: string): string => code.slice(code.lastIndexOf('/') + 1).toLowerCase();

/** The power state among the statuses of an instance view. */
export function readPowerState(view: VirtualMachineInstanceView | undefined): PowerState {
  const code = view?.statuses?.find((status) => /^PowerState\//i.test(status.code ?? ''))?.code ?? '';
  const state = lastWord(code);
  return POWER_STATES.includes(state) ? (state as PowerState) : 'unknown';
}

/**
 * The provisioning state in lower case: `succeeded`, `updating`, `failed`, …; `unknown` when Azure does not
 * say.
 */
export function readProvisioningState(
  view: VirtualMachineInstanceView | undefined,
  fallback?: string,
): string {
  const code = view?.statuses?.find((status) => /^ProvisioningState\//i.test(status.code ?? ''))?.code;
  const parts = code?.split('/') ?? [];
  return (parts[1] ?? fallback ?? 'unknown').toLowerCase();
}

/** The agent's state; a VM that is off has none. */
export function readAgent(view: VirtualMachineInstanceView | undefined): AgentState {
  const agent = view?.vmAgent;
  const status = agent?.statuses?.[0];
  const version = agent?.vmAgentVersion;
  return {
    ready: /^ProvisioningState\/succeeded$/i.test(status?.code ?? '') && status?.displayStatus === 'Ready',
    version: version === 'Unknown' ? undefined : version,
    message: status?.message,
  };
}

/**
 * All extensions an instance view shows. The platform's documents disagree on where the backup extension
 * appears, so both places are read: `extensions` and `vmAgent.extensionHandlers`. A resource wins over a
 * handler of the same type.
 */
export function readExtensions(view: VirtualMachineInstanceView | undefined): ExtensionState[] {
  const withoutPublisher = (type: string) => type.slice(type.lastIndexOf('.') + 1);
  const resources = (view?.extensions ?? []).map((one) => ({
    type: withoutPublisher(one.type ?? one.name ?? ''),
    name: one.name,
    version: one.typeHandlerVersion,
    ready: (one.statuses ?? []).some((status) => /^ProvisioningState\/succeeded/i.test(status.code ?? '')),
    message: one.statuses?.[0]?.message,
  }));
  const handlers = (view?.vmAgent?.extensionHandlers ?? []).map((one) => ({
    type: withoutPublisher(one.type ?? ''),
    version: one.typeHandlerVersion,
    ready: one.status?.displayStatus === 'Ready' || /succeeded/i.test(one.status?.code ?? ''),
    message: one.status?.message,
  }));
  const known = new Set(resources.map((one) => one.type));
  return [...resources, ...handlers.filter((one) => !known.has(one.type))];
}

/** The backup extension of this operating system among `extensions`. */
export const findBackupExtension = (extensions: ExtensionState[], os: OsType): ExtensionState | undefined =>
  extensions.find((one) => one.type.toLowerCase() === BACKUP_EXTENSION[os].type.toLowerCase());
