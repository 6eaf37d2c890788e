import type { BackupError } from '../../failures/failure';
import { begin } from '../arm/long-running';
import type { VmRef } from '../arm/resource-id';
import { finished, longRunningStep, type StageContext, waitFor } from '../arm/step';
import { asStepFailure, during, findOrUndefined } from '../failures/arm-failure';
import {
  BACKUP_EXTENSION,
  findBackupExtension,
  type OsType,
  readExtensions,
  readPowerState,
} from '../vms/vm-state';
import type { ExtensionRecord } from './extension-record';

export interface EnsureExtensionInput {
  ref: VmRef;
  os: OsType;
}

type Context = StageContext<EnsureExtensionInput, object>;

/**
 * Installs the backup extension on a running VM that has none. Fails with `ExtensionInstallFailed` or
 * `ExtensionInstallTimedOut`; the platform's refusal to let anybody else install it is no failure.
 */
export const ensureExtension = longRunningStep<EnsureExtensionInput, ExtensionRecord, 'installed'>({
  step: 'extension',
  // The platform itself gives an extension 90 minutes.
  limitSeconds: 100 * 60,
  memo: {},
  stages: { start, installed },
  whenFailed: { installed: failed },
});

async function start({ compute, input }: Context) {
  const { ref, os } = input;
  const { publisher, type, handlerVersion } = BACKUP_EXTENSION[os];
  const { virtualMachines, virtualMachineExtensions } = compute.client(ref.subscriptionId);
  const { location, instanceView } = await during('extension', () =>
    virtualMachines.get(ref.resourceGroup, ref.name, { expand: 'instanceView' }),
  );
  if (readPowerState(instanceView) !== 'running') {
    return finished<ExtensionRecord>({ installed: 'skipped-not-running', name: type });
  }
  const known = findBackupExtension(readExtensions(instanceView), os);
  if (known?.ready)
    return finished<ExtensionRecord>({ installed: 'already', name: type, version: known.version });

  const begun = await begin(ref.subscriptionId, (options) =>
    virtualMachineExtensions.createOrUpdate(
      ref.resourceGroup,
      ref.name,
      type,
      {
        location,
        publisher,
        typePropertiesType: type,
        typeHandlerVersion: handlerVersion,
        autoUpgradeMinorVersion: true,
        // "install" makes no snapshot, but the handler reads `objectStr` before it looks at the command.
        settings: {
          commandToExecute: 'install',
          objectStr: Buffer.from('{"backupMetadata":[]}').toString('base64'),
        },
      },
      options,
    ),
  ).catch((error: unknown) => error as Error);
  if (begun instanceof Error) return refusal(begun, type);
  return waitFor(begun, 'installed', {});
}

/** Azure may keep the installation to its own service, or the VM went off since it was inspected. */
function refusal(thrown: Error, type: string) {
  const error = asStepFailure(thrown, 'extension');
  if (/not running/i.test(error.message))
    return finished<ExtensionRecord>({ installed: 'skipped-not-running', name: type });
  const refused = ['ComputeAccessDenied', 'ExtensionInstallFailed'].includes(error.failure.code);
  if (!refused) throw error;
  return finished<ExtensionRecord>({ installed: 'by-platform', name: type, reason: error.failure.message });
}

/**
 * What the guest fails at now it fails at in a minute: the backup goes on without, and the next one tries
 * again.
 */
async function failed(_context: Context, failure: BackupError): Promise<undefined> {
  if (['ExtensionInstallFailed', 'ExtensionInstallTimedOut'].includes(failure.failure.code)) throw failure;
}

async function installed({ compute, input }: Context) {
  const { ref, os } = input;
  const { type } = BACKUP_EXTENSION[os];
  const { virtualMachineExtensions } = compute.client(ref.subscriptionId);
  const resource = await findOrUndefined('extension', () =>
    virtualMachineExtensions.get(ref.resourceGroup, ref.name, type, { expand: 'instanceView' }),
  );
  const version = resource?.instanceView?.typeHandlerVersion ?? resource?.typeHandlerVersion;
  return finished<ExtensionRecord>({ installed: 'installed', name: type, version });
}
