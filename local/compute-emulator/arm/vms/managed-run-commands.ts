import type { Cloud } from '../../cloud/cloud';
import { keyOf, LOCATION } from '../../cloud/ids';
import { object } from '../../cloud/json';
import type { Json, RunCommand, Tables, Vm } from '../../cloud/model';
import { runScript } from '../../guests/run-script';
import type { Change } from '../../store/document-store';
import { invalidParameter, resourceNotFound } from '../rest/arm-error';
import { accepted, type Completions, type Operations } from '../rest/operations';
import { type ArmRequest, type ArmResponse, groupRoute, type Route } from '../rest/route';
import { agentError, NOT_RUNNING } from './run-command';
import { assertRunning, findVm, VM_PATH } from './vms';

const PATH = `${VM_PATH}/runCommands/:command`;

function findCommand(cloud: Cloud, vm: Vm, name = ''): RunCommand {
  const id = `${vm.id}/runCommands/${name}`;
  const command = cloud.store.get('runCommands', keyOf(id));
  if (command === undefined) throw resourceNotFound(id);
  return command;
}

function render(
  { id, name, tags, properties, instanceView, provisioningState }: RunCommand,
  expand?: string,
): Json {
  return {
    id,
    name,
    type: 'Microsoft.Compute/virtualMachines/runCommands',
    location: LOCATION,
    tags,
    properties: {
      ...properties,
      provisioningState,
      ...(expand?.toLowerCase() === 'instanceview' && { instanceView }),
    },
  };
}

export const managedRunCommandCompletions: Completions = {
  'virtualMachineRunCommands.createOrUpdate': (cloud, { resourceId, error }) => {
    const command = cloud.store.get('runCommands', keyOf(resourceId));
    if (command === undefined) return [];
    const provisioningState = error === undefined ? 'Succeeded' : 'Failed';
    return [{ table: 'runCommands', key: keyOf(resourceId), value: { ...command, provisioningState } }];
  },
  'virtualMachineRunCommands.delete': (_cloud, { resourceId, error }) =>
    error === undefined ? [{ table: 'runCommands', key: keyOf(resourceId), value: null }] : [],
};

/** Managed Run Command: a resource of the VM that keeps what its script printed. */
export function managedRunCommandRoutes(operations: Operations): Route[] {
  return [
    groupRoute('virtualMachineRunCommands.getByVirtualMachine', 'GET', PATH, (cloud, request) => {
      const command = findCommand(cloud, findVm(cloud, request), request.names.command);
      return { status: 200, body: render(command, request.query.get('$expand')) };
    }),
    groupRoute('virtualMachineRunCommands.createOrUpdate', 'PUT', PATH, (cloud, request) =>
      runManaged(cloud, operations, request),
    ),
    groupRoute('virtualMachineRunCommands.delete', 'DELETE', PATH, (cloud, request) => {
      const vm = findVm(cloud, request);
      const resourceId = `${vm.id}/runCommands/${request.names.command}`;
      if (cloud.store.get('runCommands', keyOf(resourceId)) === undefined) return { status: 204 };
      const kind = 'virtualMachineRunCommands.delete';
      return accepted(cloud, request, operations.start(cloud, { kind, resourceId }));
    }),
  ];
}

/** They go with their VM. */
export function managedRunCommandsOf(cloud: Cloud, vm: Vm): Change<Tables>[] {
  return cloud.store
    .list('runCommands')
    .filter(({ id }) => keyOf(id).startsWith(`${keyOf(vm.id)}/`))
    .map(({ id }) => ({ table: 'runCommands', key: keyOf(id), value: null }));
}

function runManaged(cloud: Cloud, operations: Operations, request: ArmRequest): ArmResponse {
  const vm = findVm(cloud, request);
  assertRunning(vm, NOT_RUNNING);
  const properties = object(request.body.properties);
  const { script } = object(properties.source);
  if (typeof script !== 'string')
    throw invalidParameter('source.script', 'The emulator runs inline scripts only.');
  const { stdout, stderr, exitCode, facts } = runScript(script, vm.facts, cloud.scripts);
  const id = `${vm.id}/runCommands/${request.names.command}`;
  const time = cloud.now().toISOString();
  const command: RunCommand = {
    id,
    name: request.names.command ?? '',
    resourceGroup: vm.resourceGroup,
    tags: (request.body.tags ?? {}) as Record<string, string>,
    properties,
    provisioningState: 'Creating',
    instanceView: {
      executionState: exitCode === 0 ? 'Succeeded' : 'Failed',
      exitCode,
      output: stdout,
      error: stderr,
      startTime: time,
      endTime: time,
    },
  };
  const isNew = cloud.store.get('runCommands', keyOf(id)) === undefined;
  const error = agentError(vm);
  const operation = operations.start(
    cloud,
    { kind: 'virtualMachineRunCommands.createOrUpdate', resourceId: id, error },
    [
      { table: 'runCommands', key: keyOf(id), value: command },
      { table: 'vms', key: keyOf(vm.id), value: { ...vm, facts: error === undefined ? facts : vm.facts } },
    ],
  );
  return accepted(cloud, request, operation, isNew ? 201 : 200, render(command));
}
