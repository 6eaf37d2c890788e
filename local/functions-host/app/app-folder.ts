// The app as it lies on disk: package.json, host.json, local.settings.json.

import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HostError, messageOf } from '../basics/errors';
import { type Cors, parseCors } from './cors';
import { type HostSettings, parseHostJson } from './host-json';
import { parseLenientJson, withSettingsIn } from './lenient-json';

/** A function app as it lies on disk. */
export interface AppFolder {
  /** Absolute. */
  directory: string;
  /** Absolute paths of the files that `main` of package.json names, sorted. */
  entryPoints: string[];
  host: HostSettings;
  /** `Values` of local.settings.json. */
  values: Record<string, string>;
  cors: Cors;
}

/**
 * Reads package.json, host.json and local.settings.json of a function app.
 * Settings in host.json (`%NAME%`) come from the environment, then from local.settings.json.
 * @throws HostError when a file is missing or no JSON, or when `main` names no file.
 */
export function readAppFolder(appDir: string, environment: NodeJS.ProcessEnv = process.env): AppFolder {
  const directory = resolve(appDir);
  const { main } = readJson(join(directory, 'package.json')) as { main?: unknown };
  if (typeof main !== 'string') {
    throw new HostError(
      `${join(directory, 'package.json')} has no "main".`,
      'Name there the files that register the functions; a glob will do.',
    );
  }
  const entryPoints = globSync(main, { cwd: directory })
    .map((file) => join(directory, file))
    .sort();
  if (entryPoints.length === 0) {
    throw new HostError(
      `"main" of package.json matches no file: ${main}.`,
      'Build the app first, or correct the glob.',
    );
  }
  const { Values, Host } = readJson(join(directory, 'local.settings.json'), {}) as LocalSettings;
  const values = textsOf(Values ?? {});
  const hostJson = withSettingsIn(readJson(join(directory, 'host.json')), withSettings(environment, values));
  return { directory, entryPoints, host: parseHostJson(hostJson), values, cors: parseCors(Host) };
}

/**
 * Adds settings to an environment; what is already set wins. Names with a value that is no text are left out.
 */
export function withSettings(
  environment: NodeJS.ProcessEnv,
  values: Record<string, string>,
): NodeJS.ProcessEnv {
  return { ...values, ...environment };
}

interface LocalSettings {
  Values?: Record<string, unknown>;
  Host?: { CORS?: unknown; CORSCredentials?: unknown };
}

function textsOf(values: Record<string, unknown>): Record<string, string> {
  const texts = Object.entries(values).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts) as Record<string, string>;
}

function readJson(file: string, ifMissing?: unknown): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (ifMissing !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return ifMissing;
    throw new HostError(
      `Cannot read ${file}: ${messageOf(error)}.`,
      'Point --app at the folder of a function app.',
      {
        cause: error,
      },
    );
  }
  try {
    return parseLenientJson(text);
  } catch (error) {
    throw new HostError(`${file} is no JSON: ${messageOf(error)}.`, 'Correct it.', { cause: error });
  }
}
