// The emulator's own routes, for people, tools and tests: what Azure has no API for.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { matchPath } from '../arm/rest/route';
import type { Cloud } from '../cloud/cloud';
import { keyOf } from '../cloud/ids';
import { readText } from '../cloud/request-body';
import { type Settings, settingsSchema } from '../cloud/settings';
import { troubleOf } from '../cloud/trouble';
import { type Fault, faultSchema } from '../faults/faults';
import { type Guest, guestSchema } from '../guests/guest';
import { AdminError } from './admin-error';
import type { AdminRequest, AdminRoute } from './admin-route';
import { diskAdminRoutes } from './disk-routes';
import { findVm } from './find';
import { renderState } from './state';

const changesSchema = z.record(z.string(), z.unknown());

const ROUTES: readonly AdminRoute[] = [
  ...diskAdminRoutes,
  ['GET', '/emulator/state', renderState],
  ['PATCH', '/emulator/vms/:vm/guest', changeGuest],
  ['GET', '/emulator/faults', (cloud) => cloud.faults.list()],
  ['POST', '/emulator/faults', addFault],
  ['DELETE', '/emulator/faults', clearFaults],
  ['POST', '/emulator/operations/end', endOperations],
  ['GET', '/emulator/calls', (cloud) => cloud.calls.list()],
  ['DELETE', '/emulator/calls', clearCalls],
  ['GET', '/emulator/settings', (cloud) => cloud.settings],
  ['PATCH', '/emulator/settings', changeSettings],
];

/** Answers the emulator's own routes: what lies behind the cloud, for people, tools and tests. */
export async function serveAdmin(
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('Whoever asked has gone.')));
  try {
    const segments = url.pathname.split('/').slice(1).map(decodeURIComponent);
    const body = await readJson(request);
    for (const [method, pattern, handler] of ROUTES) {
      const names = method === request.method ? matchPath(pattern.split('/').slice(1), segments) : undefined;
      if (names !== undefined)
        return reply(
          response,
          200,
          await handler(cloud, {
            names,
            query: url.searchParams,
            body,
            signal: gone.signal,
            keepWaiting: () => keepWaiting(response),
          }),
        );
    }
    throw new AdminError(404, 'no-such-route', `There is no ${request.method} ${url.pathname}.`);
  } catch (error) {
    if (gone.signal.aborted) return;
    const { status, code, message } = asAdminError(error);
    reply(response, status, { error: { code, message } });
  }
}

function changeGuest(cloud: Cloud, request: AdminRequest): Guest {
  const vm = findVm(cloud, request);
  const guest = guestSchema.parse({ ...vm.guest, ...changesSchema.parse(request.body) });
  const value = { ...vm, guest, facts: { ...vm.facts, ...guest.facts } };
  cloud.store.commit([{ table: 'vms', key: keyOf(vm.id), value }]);
  return guest;
}

function addFault(cloud: Cloud, { body }: AdminRequest): Fault {
  const fault = faultSchema.parse(body);
  cloud.faults.add(fault);
  return fault;
}

function clearFaults(cloud: Cloud): readonly Fault[] {
  cloud.faults.clear();
  return [];
}

/** Ends what takes its time, now; what is `endless` stays so. */
function endOperations(cloud: Cloud): { ended: number } {
  const open = cloud.store.list('operations').filter(({ pollsLeft }) => pollsLeft !== null);
  const readyAt = cloud.now().toISOString();
  cloud.store.commit(
    open.map((operation) => ({
      table: 'operations',
      key: operation.id,
      value: { ...operation, readyAt, pollsLeft: 0 },
    })),
  );
  return { ended: open.length };
}

function clearCalls(cloud: Cloud): object {
  cloud.calls.clear();
  return {};
}

function changeSettings(cloud: Cloud, { body }: AdminRequest): Settings {
  cloud.settings = settingsSchema.parse({ ...cloud.settings, ...changesSchema.parse(body) });
  cloud.store.commit([{ table: 'settings', key: 'settings', value: cloud.settings }]);
  return cloud.settings;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readText(request);
  if (text === undefined) throw new AdminError(413, 'body-too-large', 'The body is larger than 4 MiB.');
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new AdminError(400, 'invalid-json', 'The body is no JSON.');
  }
}

function asAdminError(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof AdminError) return error;
  if (error instanceof z.ZodError) {
    return { status: 400, code: 'invalid-body', message: z.prettifyError(error) };
  }
  const trouble = troubleOf(error);
  if (trouble !== undefined) return trouble;
  console.error('admin:', error);
  return { status: 500, code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/**
 * Blanks before JSON mean nothing. What goes wrong from now on comes as `{"error": …}` under the status that
 * has gone out.
 */
function keepWaiting(response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
  response.write(' ');
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  if (response.headersSent) return void response.end(text);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
