import { statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { keyOf } from '../arm/ids';
import { matchPath } from '../arm/route';
import type { Cloud } from '../cloud';
import { ImageChangedError } from '../disks/base-images';
import { digest } from '../disks/export';
import { writeImage } from '../disks/guest-write';
import type { Layer } from '../disks/layer';
import { liveLayer } from '../disks/volume';
import { faultSchema } from '../faults/faults';
import { guestSchema } from '../fleet/guest';
import type { Disk, Vm } from '../model';
import { settingsSchema } from '../settings';
import { renderState } from './state';

/** A request to the emulator itself that cannot be done. */
class AdminError extends Error {
  override readonly name = 'AdminError';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface AdminRequest {
  names: Record<string, string>;
  body: unknown;
}

type AdminRoute = readonly [
  method: string,
  path: string,
  handler: (cloud: Cloud, request: AdminRequest) => unknown,
];

const imageSchema = z.strictObject({ image: z.string() });
const exportSchema = z.strictObject({ out: z.string() });

const ROUTES: readonly AdminRoute[] = [
  ['GET', '/emulator/state', (cloud) => renderState(cloud)],
  ['POST', '/emulator/vms/:vm/disks/:lun/image', writeDisk],
  [
    'PATCH',
    '/emulator/vms/:vm/guest',
    (cloud, { names, body }) => {
      const vm = findVm(cloud, names.vm);
      const changes = z.record(z.string(), z.unknown()).parse(body);
      const guest = guestSchema.parse({ ...vm.guest, ...changes });
      const value = { ...vm, guest, facts: { ...vm.facts, ...guest.facts } };
      cloud.store.commit([{ table: 'vms', key: keyOf(vm.id), value }]);
      return guest;
    },
  ],
  [
    'POST',
    '/emulator/disks/:disk/export',
    async (cloud, { names, body }) => {
      const { out } = exportSchema.parse(body);
      if (!isAbsolute(out))
        throw new AdminError(400, 'invalid-path', `out must be an absolute path, not ${out}.`);
      return cloud.layers.withView(findDisk(cloud, names.disk).stack, (view) => digest(view, out));
    },
  ],
  [
    'GET',
    '/emulator/disks/:disk/sha256',
    (cloud, { names }) => cloud.layers.withView(findDisk(cloud, names.disk).stack, (view) => digest(view)),
  ],
  ['GET', '/emulator/faults', (cloud) => cloud.faults.list()],
  [
    'POST',
    '/emulator/faults',
    (cloud, { body }) => {
      const fault = faultSchema.parse(body);
      cloud.faults.add(fault);
      return fault;
    },
  ],
  [
    'DELETE',
    '/emulator/faults',
    (cloud) => {
      cloud.faults.clear();
      return [];
    },
  ],
  ['GET', '/emulator/calls', (cloud) => cloud.calls.list()],
  [
    'DELETE',
    '/emulator/calls',
    (cloud) => {
      cloud.calls.clear();
      return {};
    },
  ],
  ['GET', '/emulator/settings', (cloud) => cloud.settings],
  [
    'PATCH',
    '/emulator/settings',
    (cloud, { body }) => {
      const changes = z.record(z.string(), z.unknown()).parse(body);
      cloud.settings = settingsSchema.parse({ ...cloud.settings, ...changes });
      cloud.store.commit([{ table: 'settings', key: 'settings', value: cloud.settings }]);
      return cloud.settings;
    },
  ],
];

/** Answers the emulator's own routes: what lies behind the cloud, for people, tools and tests. */
export async function serveAdmin(
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const segments = url.pathname.split('/').slice(1).map(decodeURIComponent);
  try {
    const body = await readJson(request);
    for (const [method, pattern, handler] of ROUTES) {
      const names = method === request.method ? matchPath(pattern.split('/').slice(1), segments) : undefined;
      if (names !== undefined) return reply(response, 200, await handler(cloud, { names, body }));
    }
    throw new AdminError(404, 'no-such-route', `There is no ${request.method} ${url.pathname}.`);
  } catch (error) {
    const { status, code, message } = asAdminError(error);
    reply(response, status, { error: { code, message } });
  }
}

async function writeDisk(cloud: Cloud, { names, body }: AdminRequest): Promise<unknown> {
  const { image } = imageSchema.parse(body);
  const vm = findVm(cloud, names.vm);
  const attached = vm.disks.find((each) => each.lun === Number(names.lun));
  if (attached === undefined)
    throw new AdminError(404, 'no-such-disk', `VM ${vm.name} has no disk at lun ${names.lun}.`);
  const key = keyOf(attached.diskId);
  const current = (): Disk => {
    const disk = cloud.store.get('disks', key);
    if (disk === undefined) throw new AdminError(404, 'no-such-disk', `Disk ${attached.diskId} is gone.`);
    return disk;
  };
  const { sizeBytes } = current().stack;
  const size = isAbsolute(image) ? statSync(image, { throwIfNoEntry: false })?.size : undefined;
  if (size === undefined)
    throw new AdminError(400, 'missing-image', `There is no file ${image} (an absolute path).`);
  if (size !== sizeBytes) {
    throw new AdminError(400, 'size-differs', `${image} has ${size} bytes, the disk has ${sizeBytes}.`);
  }
  const live = (): Layer => liveLayer(cloud.layers, current().stack);
  return cloud.locks.run(key, () =>
    cloud.layers.withView(current().stack, (view) => writeImage(view, live, image)),
  );
}

function findVm(cloud: Cloud, name = ''): Vm {
  const vm = cloud.store.list('vms').find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (vm === undefined) throw new AdminError(404, 'no-such-vm', `There is no VM ${name}.`);
  return vm;
}

function findDisk(cloud: Cloud, name = ''): Disk {
  const disk = cloud.store.list('disks').find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (disk === undefined) throw new AdminError(404, 'no-such-disk', `There is no disk ${name}.`);
  return disk;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString('utf8');
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new AdminError(400, 'invalid-json', 'The body is no JSON.');
  }
}

function asAdminError(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof AdminError) return error;
  if (error instanceof z.ZodError)
    return { status: 400, code: 'invalid-body', message: z.prettifyError(error) };
  if (error instanceof ImageChangedError)
    return { status: 409, code: 'image-changed', message: error.message };
  console.error('admin:', error);
  return { status: 500, code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
