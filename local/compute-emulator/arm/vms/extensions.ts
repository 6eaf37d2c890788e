import type { Cloud } from '../../cloud/cloud';
import { keyOf, LOCATION } from '../../cloud/ids';
import type { Extension, Json, Vm } from '../../cloud/model';
import { invalidParameter, resourceNotFound } from '../rest/arm-error';
import { accepted, type Completions, type Operations } from '../rest/operations';
import { groupRoute, type Route, subscriptionRoute } from '../rest/route';
import { renderExtensionView } from './render-vm';
import { assertRunning, findVm } from './vms';

const NOT_RUNNING = 'Cannot modify extensions in the VM when the VM is not running.';
const PATH = '/virtualMachines/:vm/extensions/:extension';

function renderExtension(vm: Vm, extension: Extension, expand?: string): Json {
  const { name, publisher, type, typeHandlerVersion, autoUpgradeMinorVersion, settings, provisioningState } =
    extension;
  return {
    id: `${vm.id}/extensions/${name}`,
    name,
    type: 'Microsoft.Compute/virtualMachines/extensions',
    location: LOCATION,
    properties: {
      publisher,
      type,
      typeHandlerVersion,
      autoUpgradeMinorVersion,
      settings,
      provisioningState,
      ...(expand?.toLowerCase() === 'instanceview' && { instanceView: renderExtensionView(extension) }),
    },
  };
}

/** The VM with the extension added or replaced. */
export function withExtension(vm: Vm, extension: Extension): Vm {
  const others = vm.extensions.filter((each) => each.name.toLowerCase() !== extension.name.toLowerCase());
  return { ...vm, extensions: [...others, extension] };
}

function findExtension(vm: Vm, name = ''): Extension | undefined {
  return vm.extensions.find((each) => each.name.toLowerCase() === name.toLowerCase());
}

/** How the installation ends, given what the guest is like. */
function installationError(vm: Vm): { code: string; message: string } | undefined {
  if (vm.guest.agent === 'ready') return undefined;
  return {
    code: 'VMAgentStatusCommunicationError',
    message:
      `VM '${vm.name}' has not reported status for VM agent or extensions. ` +
      'Verify that the VM has a running VM agent, and can establish outbound connections to Azure storage.',
  };
}

export const extensionCompletions: Completions = {
  'virtualMachineExtensions.createOrUpdate': (cloud, { resourceId, args, error }) => {
    const vm = cloud.store.get('vms', keyOf(resourceId));
    const extension = vm && findExtension(vm, String(args?.extension));
    if (vm === undefined || extension === undefined) return [];
    const ended: Extension = {
      ...extension,
      provisioningState: error === undefined ? 'Succeeded' : 'Failed',
      message: error?.message ?? 'Enable Succeeded.',
    };
    return [{ table: 'vms', key: keyOf(vm.id), value: withExtension(vm, ended) }];
  },
  'virtualMachineExtensions.delete': (cloud, { resourceId, args, error }) => {
    const vm = cloud.store.get('vms', keyOf(resourceId));
    if (vm === undefined || error !== undefined) return [];
    const extensions = vm.extensions.filter((each) => each !== findExtension(vm, String(args?.extension)));
    return [{ table: 'vms', key: keyOf(vm.id), value: { ...vm, extensions } }];
  },
};

export function extensionRoutes(operations: Operations): Route[] {
  return [
    groupRoute(
      'virtualMachineExtensions.list',
      'GET',
      '/virtualMachines/:vm/extensions',
      (cloud, request) => {
        const vm = findVm(cloud, request);
        const expand = request.query.get('$expand');
        return {
          status: 200,
          body: { value: vm.extensions.map((each) => renderExtension(vm, each, expand)) },
        };
      },
    ),
    groupRoute('virtualMachineExtensions.get', 'GET', PATH, (cloud, request) => {
      const vm = findVm(cloud, request);
      const extension = findExtension(vm, request.names.extension);
      if (extension === undefined) throw resourceNotFound(`${vm.id}/extensions/${request.names.extension}`);
      return { status: 200, body: renderExtension(vm, extension, request.query.get('$expand')) };
    }),
    groupRoute('virtualMachineExtensions.createOrUpdate', 'PUT', PATH, (cloud, request) => {
      const vm = findVm(cloud, request);
      assertRunning(vm, NOT_RUNNING);
      const extension = readExtension(request.names.extension ?? '', request.body);
      const isNew = findExtension(vm, extension.name) === undefined;
      const creating = { ...extension, provisioningState: isNew ? 'Creating' : 'Updating' };
      const operation = operations.start(
        cloud,
        {
          kind: 'virtualMachineExtensions.createOrUpdate',
          resourceId: vm.id,
          args: { extension: extension.name },
          error: installationError(vm),
        },
        [{ table: 'vms', key: keyOf(vm.id), value: withExtension(vm, creating) }],
      );
      return accepted(cloud, request, operation, isNew ? 201 : 200, renderExtension(vm, creating));
    }),
    groupRoute('virtualMachineExtensions.delete', 'DELETE', PATH, (cloud, request) => {
      const vm = findVm(cloud, request);
      if (findExtension(vm, request.names.extension) === undefined) return { status: 204 };
      assertRunning(vm, NOT_RUNNING);
      const args = { extension: request.names.extension };
      const kind = 'virtualMachineExtensions.delete';
      return accepted(cloud, request, operations.start(cloud, { kind, resourceId: vm.id, args }));
    }),
    subscriptionRoute(
      'virtualMachineExtensionImages.listVersions',
      'GET',
      '/locations/:location/publishers/:publisher/artifacttypes/vmextension/types/:type/versions',
      (_cloud, { names, path }) => {
        const version = names.type?.toLowerCase() === 'vmsnapshotlinux' ? '1.0.9184.0' : '1.9.0.0';
        return { status: 200, body: [{ id: `${path}/${version}`, name: version, location: LOCATION }] };
      },
    ),
  ];
}

function readExtension(name: string, body: Json): Extension {
  const properties = (body.properties ?? {}) as Json;
  const text = (field: string): string => {
    const value = properties[field];
    if (typeof value !== 'string' || value === '')
      throw invalidParameter(`properties.${field}`, 'It is required.');
    return value;
  };
  return {
    name,
    publisher: text('publisher'),
    type: text('type'),
    typeHandlerVersion: text('typeHandlerVersion'),
    autoUpgradeMinorVersion: properties.autoUpgradeMinorVersion === true,
    settings: (properties.settings ?? {}) as Json,
    provisioningState: 'Creating',
    message: '',
  };
}

/** The extension that the platform brings along with the first restore point that needs the guest. */
export function backupExtension(cloud: Cloud, vm: Vm): Extension {
  const type = vm.os === 'Windows' ? 'VMSnapshot' : 'VMSnapshotLinux';
  const installed = vm.extensions.find((each) => each.type.toLowerCase() === type.toLowerCase());
  const typeHandlerVersion = vm.os === 'Windows' ? '1.9' : '1.0';
  return (
    installed ?? {
      name: type,
      publisher: 'Microsoft.Azure.RecoveryServices',
      type,
      typeHandlerVersion,
      autoUpgradeMinorVersion: true,
      settings: { commandToExecute: 'snapshot', commandStartTimeUTC: cloud.now().toISOString() },
      provisioningState: 'Succeeded',
      message: 'Command Snapshot Succeeded.',
    }
  );
}
