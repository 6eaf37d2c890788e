import { keyOf } from '../../cloud/ids';
import type { Json, Vm } from '../../cloud/model';
import { runScript, type ScriptResult } from '../../guests/run-script';
import { invalidParameter } from '../rest/arm-error';
import { accepted, type Operations } from '../rest/operations';
import { groupRoute, type Route } from '../rest/route';
import { assertRunning, findVm } from './vms';

export const NOT_RUNNING = 'The operation requires the VM to be running (or set to run).';

/** Action Run Command: one script at a time, run by the agent, the last 4096 bytes of its output. */
export function runCommandRoutes(operations: Operations): Route[] {
  return [
    groupRoute('virtualMachines.runCommand', 'POST', '/virtualMachines/:vm/runCommand', (cloud, request) => {
      const vm = findVm(cloud, request);
      assertRunning(vm, NOT_RUNNING);
      const script = readScript(vm, request.body);
      const result = runScript(script, vm.facts, cloud.scripts);
      const error = agentError(vm);
      const facts = error === undefined ? result.facts : vm.facts;
      const operation = operations.start(
        cloud,
        {
          kind: 'virtualMachines.runCommand',
          resourceId: vm.id,
          output: { value: renderResult(vm, result) },
          error,
        },
        [{ table: 'vms', key: keyOf(vm.id), value: { ...vm, facts } }],
      );
      return accepted(cloud, request, operation);
    }),
  ];
}

function readScript(vm: Vm, body: Json): string {
  const expected = vm.os === 'Windows' ? 'RunPowerShellScript' : 'RunShellScript';
  if (body.commandId !== expected) throw invalidParameter('commandId', `It must be ${expected}.`);
  if (!Array.isArray(body.script)) throw invalidParameter('script', 'It must be a list of lines.');
  return body.script.join('\n');
}

/** Scripts are run by the agent. */
export function agentError(vm: Vm): { code: string; message: string } | undefined {
  if (vm.guest.agent === 'ready') return undefined;
  return {
    code: 'VMAgentStatusCommunicationError',
    message: `VM '${vm.name}' has not reported status for VM agent or extensions.`,
  };
}

/** Windows answers in two statuses, Linux in one with both streams. */
function renderResult(vm: Vm, { stdout, stderr }: ScriptResult): Json[] {
  const status = (code: string, message: string): Json => ({
    code,
    level: 'Info',
    displayStatus: 'Provisioning succeeded',
    message,
  });
  if (vm.os === 'Linux') {
    const message = `Enable succeeded: \n[stdout]\n${stdout}\n[stderr]\n${stderr}\n`;
    return [status('ProvisioningState/succeeded', message)];
  }
  return [
    status('ComponentStatus/StdOut/succeeded', stdout),
    status('ComponentStatus/StdErr/succeeded', stderr),
  ];
}
