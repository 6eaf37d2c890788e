import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ProtectedVm } from '../protection/protected-vm';
import { unfinishedRestoreOf } from '../protection/unfinished-restores';
import { changedMeanwhile } from './problem';

/** How a VM is protected, as the API shows it. */
export const ProtectionView = z.strictObject({
  vm: z.string(),
  state: z.enum(['protected', 'stopped', 'none']),
  policy: z.string().optional(),
  protectedBy: z.enum(['tag', 'api']).optional(),
  stoppedAt: z.string().optional(),
  data: z.enum(['retain', 'delete']).optional(),
  unfinishedRestore: z.string().optional().meta({
    description:
      'The restore in place that has left the VM half-changed: no backup runs until that is settled.',
  }),
  problem: z
    .string()
    .optional()
    .meta({ description: 'Why the VM is not protected although it names a policy.' }),
});
export type ProtectionView = z.output<typeof ProtectionView>;

/** How a VM is protected, by the policies in force: a name that names none protects nobody. */
export function viewProtection(vm: ProtectedVm, inForce: { has(policy: string): boolean }): ProtectionView {
  const { policy, stopped } = vm;
  const unfinishedRestore = vm.running ? undefined : unfinishedRestoreOf(vm);
  const view = { ...recordedProtection(vm), unfinishedRestore };
  if (stopped || policy === undefined || inForce.has(policy)) return view;
  return { ...view, state: 'none', problem: `There is no policy ${policy}.` };
}

const recordedProtection = ({ key, policy, protectedBy, stopped }: ProtectedVm): ProtectionView => ({
  vm: key,
  state: stopped ? 'stopped' : policy === undefined ? 'none' : 'protected',
  policy,
  protectedBy: policy === undefined ? undefined : (protectedBy ?? 'tag'),
  stoppedAt: stopped?.at,
  data: stopped?.data,
});

/**
 * Changes with the protection only: the record itself changes with every backup, which is nobody's conflict.
 */
export const protectionEtag = (vm: ProtectedVm): string =>
  `"${createHash('sha256')
    .update(JSON.stringify(recordedProtection(vm)))
    .digest('hex')
    .slice(0, 16)}"`;

/** Throws the problem of If-Match when the protection is not what the caller has seen. */
export function requireVersion(vm: ProtectedVm, ifMatch: string | undefined): void {
  if (ifMatch !== undefined && ifMatch !== protectionEtag(vm))
    throw changedMeanwhile(`The protection of ${vm.key}`);
}
