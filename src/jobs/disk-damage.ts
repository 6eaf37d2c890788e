import { z } from 'zod';
import { CATALOGUE, type FailureCode } from '../failures/catalogue';
import { backupError, type Failure } from '../failures/failure';
import type { DamageCounts } from '../vault/damage/damage';

/** What was found damaged of one disk. */
export const DiskDamage = z.strictObject({
  bytes: z.number().meta({ description: 'Bytes of the disk that cannot be restored.' }),
  ranges: z.number().meta({ description: 'In so many ranges; GET /jobs/{job}/damage lists all of them.' }),
  first: z
    .array(z.strictObject({ offset: z.number(), length: z.number() }))
    .meta({ description: 'The first of these ranges, in bytes.' }),
});
export type DiskDamage = z.output<typeof DiskDamage>;

/** Undefined when every byte can be restored. */
export const diskDamage = ({
  damagedBytes,
  damagedRanges,
  firstDamage,
}: DamageCounts): DiskDamage | undefined =>
  damagedRanges === 0
    ? undefined
    : {
        bytes: damagedBytes,
        ranges: damagedRanges,
        first: firstDamage.map(({ offset, length }) => ({ offset, length })),
      };

/** More disks than this are only counted: a message has 1,000 characters. */
const DISKS_NAMED = 3;

/** Why a point cannot be restored whole: every disk, with how much and where. */
export function damageFailure(
  jobId: string,
  disks: readonly { name: string; damage: DamageCounts }[],
): Failure {
  const damaged = disks.filter(({ damage }) => damage.damagedRanges > 0);
  const told = damaged
    .slice(0, DISKS_NAMED)
    .map(({ name, damage: { damagedBytes, damagedRanges, firstDamage } }) => {
      const [first] = firstDamage;
      const where = first
        ? `, first ${first.length} from byte ${first.offset} on (${first.code}: ${first.object})`
        : '';
      return `${damagedBytes} bytes of the disk ${name.slice(0, 80)} in ${damagedRanges} ranges${where}`;
    });
  if (damaged.length > told.length) told.push(`${damaged.length - told.length} more disks`);
  const detail = `Damaged or missing: ${told.join('; ')}. GET /api/jobs/${jobId}/damage lists every range.`;
  return backupError(codeOf(damaged[0]?.damage.firstDamage[0]?.code), detail).failure;
}

const codeOf = (code = ''): FailureCode =>
  Object.hasOwn(CATALOGUE, code) ? (code as FailureCode) : 'VaultObjectDamaged';
