import { StartRefused } from './start-refused';

const OLDEST = [22, 15] as const;

/** The Azure libraries and Azurite of today need Node 22.15. */
export function requireNode(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new StartRefused(
    `Node ${version} is too old: this needs ${OLDEST.join('.')} or newer.`,
    'Run it through npm (npm start, npm run demo): npm ci has brought a Node 24 along, ' +
      'and npm scripts run on it.',
  );
}
