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
      'The restore in place that was given up while it changed the disks of the VM: no backup runs until they are of one time again.',
  }),
});
export type ProtectionView = z.output<typeof ProtectionView>;

export const viewProtection = ({
  key,
  policy,
  protectedBy,
  stopped,
  unfinishedRestores,
  running,
}: ProtectedVm): ProtectionView => ({
  vm: key,
  state: stopped ? 'stopped' : policy === undefined ? 'none' : 'protected',
  policy,
  protectedBy: policy === undefined ? undefined : (protectedBy ?? 'tag'),
  stoppedAt: stopped?.at,
  data: stopped?.data,
  unfinishedRestore: running ? undefined : unfinishedRestoreOf({ unfinishedRestores }),
});

/**
 * Changes with the protection only: the record itself changes with every backup, which is nobody's conflict.
 */
export const protectionEtag = (vm: ProtectedVm): string =>
  `"${createHash('sha256')
    .update(JSON.stringify(viewProtection(vm)))
    .digest('hex')
    .slice(0, 16)}"`;

/** Throws the problem of If-Match when the protection is not what the caller has seen. */
export function requireVersion(vm: ProtectedVm, ifMatch: string | undefined): void {
  if (ifMatch !== undefined && ifMatch !== protectionEtag(vm))
    throw changedMeanwhile(`The protection of ${vm.key}`);
}
