import type { VersionSettings } from '../app/host-json';

/**
 * Why an instance of a version does not run here; undefined when it does. On Azure it would stay Pending
 * until a worker comes that runs it.
 */
export function versionRefused(version: string, { byDefault, match }: VersionSettings): string | undefined {
  const runs =
    match === 'None' ||
    (match === 'Strict' ? version === byDefault : compareVersions(version, byDefault) <= 0);
  if (runs) return undefined;
  return (
    `The version '${version}' of the instance is not one that this app runs: its defaultVersion is ` +
    `'${byDefault}', its versionMatchStrategy ${match}. On Azure the instance would stay Pending.`
  );
}

/** Numbers between dots by their size, anything else by its letters; a version that ends sooner is older. */
function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split('.'));
  for (let part = 0; part < Math.max(x?.length ?? 0, y?.length ?? 0); part++) {
    const [one, other] = [x?.[part] ?? '', y?.[part] ?? ''];
    const order = one.localeCompare(other, 'en', { numeric: true });
    if (order !== 0) return order;
  }
  return 0;
}
