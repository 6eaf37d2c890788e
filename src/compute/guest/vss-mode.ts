import { begin } from '../arm/long-running';
import type { VmRef } from '../arm/resource-id';
import { finished, longRunningStep, type StageContext, waitFor } from '../arm/step';

/**
 * `full` lets VSS writers truncate their logs; `copy-only` leaves the log chain of another backup product
 * alone.
 */
export type VssMode = 'full' | 'copy-only';

export interface SetVssModeInput {
  ref: VmRef;
  mode: VssMode;
}

type Context = StageContext<SetVssModeInput, object>;

/**
 * Tells the backup extension of a running Windows VM which kind of VSS backup to make: `USEVSSCOPYBACKUP`
 * under `HKLM\SOFTWARE\Microsoft\BcdrAgent` ("An overview of Azure VM backup"). Setting it twice changes
 * nothing. Fails with `RunCommandFailed`.
 */
export const setVssMode = longRunningStep<SetVssModeInput, { mode: VssMode }, 'set'>({
  step: 'windows state',
  limitSeconds: 15 * 60,
  memo: {},
  stages: { start, set },
});

async function start({ compute, input: { ref, mode } }: Context) {
  const { virtualMachines } = compute.client(ref.subscriptionId);
  const command = { commandId: 'RunPowerShellScript', script: scriptFor(mode) };
  const begun = await begin(ref.subscriptionId, (options) =>
    virtualMachines.runCommand(ref.resourceGroup, ref.name, command, options),
  );
  return begun.pending ? waitFor(begun, 'set', {}) : finished({ mode });
}

async function set({ input }: Context) {
  return finished({ mode: input.mode });
}

/** The first line identifies the script. */
const scriptFor = (mode: VssMode): string[] => [
  `# script-id: durable-vm-backup/vss-${mode}/1`,
  `$key = 'HKLM:\\SOFTWARE\\Microsoft\\BcdrAgent'`,
  'if (-not (Test-Path $key)) { New-Item -Path $key -Force | Out-Null }',
  `Set-ItemProperty -Path $key -Name 'USEVSSCOPYBACKUP' -Type String -Value '${mode === 'copy-only' ? 'TRUE' : 'FALSE'}'`,
  `@{ useVssCopyBackup = (Get-ItemProperty $key).USEVSSCOPYBACKUP } | ConvertTo-Json -Compress`,
];
