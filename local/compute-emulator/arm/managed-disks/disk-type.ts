import { object } from '../../cloud/json';
import type { Json } from '../../cloud/model';
import { ArmError } from '../rest/arm-error';

/** Properties that only disks of some types can be told. Source: "Disks - Create Or Update". */
const ONLY_FOR: readonly { names: readonly string[]; skus: RegExp }[] = [
  {
    names: ['diskIOPSReadWrite', 'diskMBpsReadWrite', 'diskIOPSReadOnly', 'diskMBpsReadOnly'],
    skus: /^(UltraSSD|PremiumV2)_/,
  },
  { names: ['tier', 'burstingEnabled'], skus: /^Premium_/ },
];

/**
 * What a new disk of this type is told.
 * @throws ArmError where it cannot be told that
 */
export function refuseUnfit(sku: string, properties: Json): void {
  const unfit = ONLY_FOR.filter(({ skus }) => !skus.test(sku))
    .flatMap(({ names }) => names)
    .find(
      (name) => properties[name] !== undefined && properties[name] !== null && properties[name] !== false,
    );
  if (unfit !== undefined) throw refused(sku, unfit);
  const sectors = object(properties.creationData).logicalSectorSize;
  if (sectors !== undefined && !hasSectors(sku)) throw refused(sku, 'creationData.logicalSectorSize');
}

const hasSectors = (sku: string): boolean => /^(UltraSSD|PremiumV2)_/.test(sku);

const refused = (sku: string, name: string): ArmError =>
  new ArmError(400, 'InvalidParameter', `The property ${name} cannot be set for disks of type ${sku}.`);

/** Disks that have a size of sectors have 4096 bytes unless somebody asks. */
export function sectorsOf(sku: string, asked: unknown): Json {
  return hasSectors(sku) ? { logicalSectorSize: asked ?? 4096 } : {};
}
