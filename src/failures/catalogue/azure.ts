import { entries } from './entry';

/** Of talking to Azure Resource Manager, in any step. */
export const AZURE = entries({
  ComputeEndpointRefused: {
    step: 'any',
    title: 'The address of Azure Compute is not safe to use.',
    remedy:
      'Set ComputeEndpoint to an https address; plain http is for an emulator on this machine, with ComputeAllowInsecureLoopback on.',
    retryable: false,
  },
  ComputeUnavailable: {
    step: 'any',
    title: 'Azure Compute did not answer, cannot serve at the moment, or failed inside.',
    remedy:
      'Nothing: it is tried again. If it lasts, look at Azure status and at the network of the function app.',
    retryable: true,
  },
  PolicyDenied: {
    step: 'any',
    title: 'A policy of Azure forbids what was to be made.',
    remedy:
      'Give what the policy in the message demands: tags by the setting ResourceTags or the "tags" of a restore, another region, type or network by the restore. Or have the resource group exempted from the policy.',
    retryable: false,
  },
  ResourceGroupNotFound: {
    step: 'any',
    title: 'The resource group does not exist.',
    remedy:
      'Make it, or name another one: "resourceGroup" of the restore, or the settings RestoreResourceGroup and SnapshotResourceGroup.',
    retryable: false,
  },
  ComputeAccessDenied: {
    step: 'any',
    title: 'The identity of the function app may not do this.',
    remedy: "Give the identity the role actions listed in the operations guide on the VM's resource group.",
    retryable: false,
  },
  TooManyRequests: {
    step: 'any',
    title: 'Azure limits the calls and asked to wait.',
    remedy:
      'Nothing: it is tried again after the time that Azure named. If it is frequent, spread the schedules.',
    retryable: true,
  },
  ComputeOperationTimedOut: {
    step: 'any',
    title: 'A long-running operation of Azure did not end in its time.',
    remedy: "Look at the VM's activity log for the operation; it is tried again with the next backup.",
    retryable: true,
  },
  ResourceLocked: {
    step: 'any',
    title: 'A lock on the resource or its resource group forbids the change.',
    remedy:
      'Remove the lock that the message names; or let restore points live in a group of their own, without a lock: the setting SnapshotResourceGroup.',
    retryable: false,
  },
});
