import { createRequire } from 'node:module';
import { join } from 'node:path';

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

function versionOf(directory: string): string | undefined {
  try {
    const require = createRequire(join(directory, 'package.json'));
    return (require('durable-functions/package.json') as { version: string }).version;
  } catch {
    return undefined;
  }
}
