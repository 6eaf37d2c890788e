import { HostError } from '../basics/errors';

/**
 * Whose pages may use the app, from `Host` of local.settings.json ("Code and test Azure Functions
 * locally").
 */
export interface Cors {
  /** In small letters, as browsers send them; `*` for all. */
  origins: string[];
  /** Whether browsers may send cookies along. */
  credentials: boolean;
}

/** @throws HostError when cookies of all sites are asked for, which no browser sends. */
export function parseCors(host: { CORS?: unknown; CORSCredentials?: unknown } | undefined): Cors {
  const text = typeof host?.CORS === 'string' ? host.CORS : '';
  const origins = text
    .split(',')
    .map((origin) => origin.trim().toLowerCase().replace(/\/$/, ''))
    .filter(Boolean);
  const credentials = host?.CORSCredentials === true;
  if (!credentials || !origins.includes('*')) return { origins, credentials };
  throw new HostError(
    'local.settings.json sets CORSCredentials, and CORS to "*".',
    'Name the origins, or leave CORSCredentials out.',
  );
}
