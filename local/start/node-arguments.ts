import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './project-root';

const SETTING = 'languageWorkers__node__arguments';

/** How the app wants Node to be started, as Azure reads it from the same setting (Azure Functions: "App settings reference"). */
export function nodeArguments(): string[] {
  const text = readFileSync(path.join(projectRoot(), 'local.settings.json'), 'utf8');
  const { Values } = JSON.parse(text) as { Values?: Record<string, string> };
  return (process.env[SETTING] ?? Values?.[SETTING] ?? '').split(' ').filter(Boolean);
}
