import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A warning when the app's `durable-functions` cannot make timers on this Node: up to 3.3 it asks
 * `util.isDate`, which Node 23 has dropped.
 */
export function sdkWarning(directory: string, node = process.versions.node): string | undefined {
  const version = versionOf(directory);
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const isOld = version !== undefined && (major < 3 || (major === 3 && minor <= 3));
  if (!isOld || Number.parseInt(node, 10) < 23) return undefined;
  return `durable-functions ${version} cannot make timers on Node ${node}: use 3.4 or newer, or Node 22.`;
}

/** Looks where Node would: in the folder's node_modules, then in those above it. */
function versionOf(directory: string): string | undefined {
  try {
    const file = join(directory, 'node_modules', 'durable-functions', 'package.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  } catch {
    const above = dirname(directory);
    return above === directory ? undefined : versionOf(above);
  }
}
