import windowsZones from 'cldr-core/supplemental/windowsZones.json';
import { IANAZone } from 'luxon';
import { ianaZoneOf, TimeZone } from '../../src/policies/time-zone';

test.each([
  ['Pacific Standard Time', 'America/Los_Angeles'],
  ['pacific standard time', 'America/Los_Angeles'],
  ['W. Europe Standard Time', 'Europe/Berlin'],
  ['UTC', 'UTC'],
  ['Europe/Berlin', 'Europe/Berlin'],
])('%s is the zone %s', (given, zone) => {
  expect(TimeZone.parse(given)).toBe(zone);
});

test('every zone of Windows that Unicode knows is one that this system has the clocks of', () => {
  const names = new Set(
    windowsZones.supplemental.windowsZones.mapTimezones.map(({ mapZone }) => mapZone._other),
  );
  expect(names.size).toBeGreaterThan(130);
  for (const name of names) {
    const zone = ianaZoneOf(name);
    expect(`${name}: ${zone !== undefined && IANAZone.isValidZone(zone)}`).toBe(`${name}: true`);
  }
});

test('a name that neither knows is refused', () => {
  expect(TimeZone.safeParse('Mars Standard Time').error?.issues[0]?.message).toContain('IANA or Windows');
});
