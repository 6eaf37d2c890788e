import { parseJson } from '../../basics/parse-json';
import { begin, fetchResult } from '../arm/long-running';
import type { VmRef } from '../arm/resource-id';
import { finished, longRunningStep, type StageContext, waitFor } from '../arm/step';
import { stepFailure } from '../failures/arm-failure';
import type { WindowsState } from './windows-changes';

/** The first line identifies the script. The output must stay below 4096 bytes: Run Command cuts it. */
const SCRIPT = String.raw`# script-id: durable-vm-backup/windows-state/1
$ErrorActionPreference = 'SilentlyContinue'
$vc = (Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\VisualStudio\12.0\VC\Runtimes\x64').Version
function StartMode($name) { (Get-CimInstance Win32_Service -Filter "Name='$name'").StartMode }
[ordered]@{
  vcRedist2013x64 = if ($vc) { ($vc -replace '^v', '') -replace '^(\d+\.\d+\.\d+).*', '$1' } else { $null }
  vssStartMode = StartMode 'VSS'
  iaasVmProvider = StartMode 'IaasVmProvider'
} | ConvertTo-Json -Compress`.split('\n');

export interface ReadWindowsStateInput {
  ref: VmRef;
}

type Context = StageContext<ReadWindowsStateInput, object>;

/**
 * Reads the Windows state through Run Command; only for running Windows VMs. Fails with `RunCommandFailed`,
 * which must not fail a backup. Reading twice changes nothing, so a repeat simply runs the script again.
 */
export const readWindowsState = longRunningStep<ReadWindowsStateInput, WindowsState, 'answered'>({
  step: 'windows state',
  limitSeconds: 15 * 60,
  memo: {},
  stages: { start, answered },
});

async function start({ compute, input: { ref } }: Context) {
  const { virtualMachines } = compute.client(ref.subscriptionId);
  const begun = await begin(ref.subscriptionId, (options) =>
    virtualMachines.runCommand(
      ref.resourceGroup,
      ref.name,
      { commandId: 'RunPowerShellScript', script: SCRIPT },
      options,
    ),
  );
  return begun.pending ? waitFor(begun, 'answered', {}) : finished(parseOutput(begun.body));
}

async function answered({ compute, ended }: Context) {
  return finished(parseOutput(ended && (await fetchResult(compute, ended, 'windows state'))));
}

interface RunCommandOutput {
  value?: { code?: string; message?: string }[];
  /** The result stands in `properties.output` where the body is that of the status. */
  properties?: { output?: RunCommandOutput };
}

function parseOutput(body: unknown): WindowsState {
  const answer = body as RunCommandOutput | undefined;
  const statuses = answer?.value ?? answer?.properties?.output?.value ?? [];
  const output = statuses.find((one) => /StdOut/i.test(one.code ?? ''))?.message ?? '';
  const state = readState(output);
  if (state) return state;
  const complaint = statuses.find((one) => /StdErr/i.test(one.code ?? ''))?.message ?? '';
  throw stepFailure(
    'RunCommandFailed',
    'windows state',
    `The script answered no state: ${(output || complaint).slice(0, 300)}`,
  );
}

function readState(output: string): WindowsState | undefined {
  const state = parseJson(output) as Partial<WindowsState> | null | undefined;
  if (state === undefined || state === null) return undefined;
  const { vcRedist2013x64 = null, vssStartMode = null, iaasVmProvider = null } = state;
  return { vcRedist2013x64, vssStartMode, iaasVmProvider };
}
