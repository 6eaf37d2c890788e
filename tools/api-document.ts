import { readdirSync } from 'node:fs';
import path from 'node:path';
import { openApiDocument } from '../src/api/open-api';
import { registeredRoutes } from '../src/functions/http/register-route';

const ROUTES = path.join(__dirname, '..', 'src', 'functions', 'http');

/** The OpenAPI document as the app serves it, as text: made of every route that there is. */
export function apiDocument(): string {
  silently(() => {
    for (const file of readdirSync(ROUTES, { recursive: true, encoding: 'utf8' })) {
      if (/(?<!\.d)\.[jt]s$/.test(file)) require(path.join(ROUTES, file));
    }
  });
  return `${JSON.stringify(openApiDocument(registeredRoutes), undefined, 2)}\n`;
}

/** The Functions library warns of every function that is registered outside its host. */
function silently(load: () => void): void {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    load();
  } finally {
    console.warn = warn;
  }
}
