import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './project-root';

/** How a process of the app is started: what has to be known before it runs, and so cannot be read by it. */
export interface ProcessSettings {
  /** For Node itself. */
  execArgv: string[];
  env: Record<string, string>;
}

/**
 * As Azure Functions starts the worker from the same app settings ("App settings reference"): they keep its
 * memory small. `languageWorkers__node__arguments` are Node's, `MALLOC_ARENA_MAX` is the C library's.
 */
export function processSettings(): ProcessSettings {
  const text = readFileSync(path.join(projectRoot(), 'local.settings.json'), 'utf8');
  const { Values = {} } = JSON.parse(text) as { Values?: Record<string, string> };
  const { languageWorkers__node__arguments: execArgv = '', MALLOC_ARENA_MAX } = { ...Values, ...process.env };
  return {
    execArgv: execArgv.split(' ').filter(Boolean),
    env: MALLOC_ARENA_MAX ? { MALLOC_ARENA_MAX } : {},
  };
}
