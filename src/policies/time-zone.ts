import windowsZones from 'cldr-core/supplemental/windowsZones.json';
import { IANAZone } from 'luxon';
import { z } from 'zod';

/**
 * The zone that Unicode's CLDR maps each name of Windows to where no territory is given (`001`, the world);
 * by names in lower case.
 */
const IANA_OF_WINDOWS = new Map(
  windowsZones.supplemental.windowsZones.mapTimezones
    .filter(({ mapZone }) => mapZone._territory === '001')
    .map(({ mapZone }) => [mapZone._other.toLowerCase(), mapZone._type]),
);

/** A zone that IANA knows as it is; the IANA zone of a name of Windows, such as `Pacific Standard Time`. */
export const ianaZoneOf = (zone: string): string | undefined =>
  IANAZone.isValidZone(zone) ? zone : IANA_OF_WINDOWS.get(zone.toLowerCase());

/** An IANA zone, or the name of one in Windows, which becomes the IANA zone. */
export const TimeZone = z
  .string()
  .overwrite((zone) => ianaZoneOf(zone) ?? zone)
  .refine((zone) => ianaZoneOf(zone) !== undefined, 'not a time zone of IANA or Windows');
