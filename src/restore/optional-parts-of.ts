import { resourceName } from '../compute/arm/resource-id';
import type { OptionalPart } from '../compute/restore/optional-parts';
import { type Carried, type Found, warningOf } from './properties';

/** Properties that decide where a VM is put, and for which there may be no room. */
const PLACES =
  /\.(availabilitySet|virtualMachineScaleSet|platformFaultDomain|proximityPlacementGroup|host|hostGroup|capacityReservation|interconnect\w+)$/;

/**
 * What of a resource is left out where Azure refuses it: what its table restores if possible, and with
 * `lessProtected` what protects it, too. Properties of one name come and go together.
 */
export function optionalPartsOf(
  subject: string,
  { optional, kept }: Carried,
  lessProtected = false,
): OptionalPart[] {
  const found = lessProtected ? [...optional, ...kept.filter(({ property }) => property.protects)] : optional;
  const names = [...new Set(found.map(({ property }) => property.name))];
  return names.flatMap((name) => {
    const alike = found.filter(({ property }) => property.name === name);
    const [first] = alike;
    if (!first) return [];
    return {
      paths: alike.map(({ property }) => property.path),
      hints: [name.replace(/^the /, ''), ...alike.flatMap(hintsOf)],
      place: PLACES.test(first.property.path),
      warning: warningOf(subject, first.property),
    };
  });
}

const hintsOf = ({ property: { path }, values }: Found): string[] => [
  path.slice(path.lastIndexOf('.') + 1),
  ...values.flatMap((value) => (value.startsWith('/') ? [value, resourceName(value)] : [value])),
];

/** One warning for each thing that does not come along. */
export const lossesOf = (subject: string, lost: readonly Found[]): string[] => [
  ...new Set(lost.map(({ property }) => warningOf(subject, property))),
];
