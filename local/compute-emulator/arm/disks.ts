import { randomUUID } from 'node:crypto';
import type { Cloud } from '../cloud';
import type { Stack } from '../disks/layer-store';
import { empty, grown } from '../disks/volume';
import type { Disk, Json } from '../model';
import { activeGrant, beginGetAccess, dropFailedGrant, endGetAccess, revoke } from './access';
import { ArmError, invalidParameter, resourceNotFound } from './arm-error';
import { computeId, keyOf, LOCATION } from './ids';
import { accepted, type Completions, type Operations, type Results } from './operations';
import { type ArmRequest, groupRoute, type Route, subscriptionRoute } from './route';

const GIB = 2 ** 30;
const FOOTER_BYTES = 512;
const SMALLEST_UPLOAD_BYTES = 20_972_032;
const LARGEST_UPLOAD_BYTES = 35_183_298_347_520;
const PATH = '/disks/:disk';

export function findDisk(cloud: Cloud, group = '', name = ''): Disk {
  const id = computeId(group, 'disks', name);
  const disk = cloud.store.get('disks', keyOf(id));
  if (disk === undefined) throw resourceNotFound(id);
  return disk;
}

/** The state machine of a managed disk, read off what is attached, granted and uploaded. */
export function diskState(cloud: Cloud, disk: Disk): string {
  const grant = activeGrant(cloud, disk.id);
  if (disk.upload !== undefined)
    return grant === undefined && !disk.upload.started ? 'ReadyToUpload' : 'ActiveUpload';
  if (grant !== undefined) return 'ActiveSAS';
  if (disk.managedBy === undefined) return 'Unattached';
  const vm = cloud.store.get('vms', keyOf(disk.managedBy));
  return vm?.powerState === 'deallocated' ? 'Reserved' : 'Attached';
}

export function renderDisk(cloud: Cloud, disk: Disk): Json {
  const { id, name, tags, zones, managedBy, sku, properties } = disk;
  return {
    id,
    name,
    type: 'Microsoft.Compute/disks',
    location: LOCATION,
    tags,
    ...(zones && { zones }),
    ...(managedBy && { managedBy }),
    sku: { name: sku, tier: sku.split('_')[0] },
    properties: {
      ...properties,
      diskSizeGB: Math.ceil(disk.stack.sizeBytes / GIB),
      diskSizeBytes: disk.stack.sizeBytes,
      uniqueId: disk.uniqueId,
      timeCreated: disk.timeCreated,
      provisioningState: disk.provisioningState,
      diskState: diskState(cloud, disk),
    },
  };
}

export const diskCompletions: Completions = {
  'disks.createOrUpdate': (cloud, { resourceId, error }) => {
    const disk = cloud.store.get('disks', keyOf(resourceId));
    if (disk === undefined) return [];
    const provisioningState = error === undefined ? 'Succeeded' : 'Failed';
    return [{ table: 'disks', key: keyOf(disk.id), value: { ...disk, provisioningState } }];
  },
  'disks.delete': (_cloud, { resourceId, error }) => {
    if (error !== undefined) return [];
    return [{ table: 'disks', key: keyOf(resourceId), value: null }];
  },
  'disks.grantAccess': dropFailedGrant,
  'disks.revokeAccess': (cloud, operation) => {
    const disk = cloud.store.get('disks', keyOf(operation.resourceId));
    const changes = revoke(cloud, operation);
    if (disk?.upload === undefined || operation.error !== undefined) return changes;
    return [...changes, { table: 'disks', key: keyOf(disk.id), value: { ...disk, upload: undefined } }];
  },
};

export const diskResults: Results = {
  'disks.createOrUpdate': (cloud, key) => {
    const disk = cloud.store.get('disks', key);
    return disk && renderDisk(cloud, disk);
  },
};

export function diskRoutes(operations: Operations): Route[] {
  return [
    subscriptionRoute('disks.list', 'GET', '/disks', (cloud) => ({
      status: 200,
      body: { value: cloud.store.list('disks').map((disk) => renderDisk(cloud, disk)) },
    })),
    groupRoute('disks.listByResourceGroup', 'GET', '/disks', (cloud, { names }) => ({
      status: 200,
      body: {
        value: cloud.store
          .list('disks')
          .filter((disk) => disk.resourceGroup.toLowerCase() === names.group?.toLowerCase())
          .map((disk) => renderDisk(cloud, disk)),
      },
    })),
    groupRoute('disks.get', 'GET', PATH, (cloud, { names }) => ({
      status: 200,
      body: renderDisk(cloud, findDisk(cloud, names.group, names.disk)),
    })),
    groupRoute('disks.createOrUpdate', 'PUT', PATH, (cloud, request) => {
      const id = computeId(request.names.group ?? '', 'disks', request.names.disk ?? '');
      const existing = cloud.store.get('disks', keyOf(id));
      const disk =
        existing === undefined ? newDisk(cloud, id, request) : updatedDisk(cloud, existing, request.body);
      const operation = operations.start(cloud, { kind: 'disks.createOrUpdate', resourceId: id }, [
        { table: 'disks', key: keyOf(id), value: disk },
      ]);
      return accepted(cloud, request, operation, 202, renderDisk(cloud, disk));
    }),
    groupRoute('disks.update', 'PATCH', PATH, (cloud, request) => {
      const disk = updatedDisk(cloud, findDisk(cloud, request.names.group, request.names.disk), request.body);
      const operation = operations.start(cloud, { kind: 'disks.createOrUpdate', resourceId: disk.id }, [
        { table: 'disks', key: keyOf(disk.id), value: disk },
      ]);
      return accepted(cloud, request, operation, 202, renderDisk(cloud, disk));
    }),
    groupRoute('disks.delete', 'DELETE', PATH, (cloud, request) => {
      const id = computeId(request.names.group ?? '', 'disks', request.names.disk ?? '');
      const disk = cloud.store.get('disks', keyOf(id));
      if (disk === undefined) return { status: 204 };
      assertDeletable(cloud, disk);
      return accepted(cloud, request, operations.start(cloud, { kind: 'disks.delete', resourceId: id }));
    }),
    groupRoute('disks.grantAccess', 'POST', `${PATH}/beginGetAccess`, (cloud, request) => {
      const disk = findDisk(cloud, request.names.group, request.names.disk);
      const vm = disk.managedBy === undefined ? undefined : cloud.store.get('vms', keyOf(disk.managedBy));
      if (vm !== undefined && vm.powerState !== 'deallocated') {
        const message = `Cannot grant access to disk ${disk.name} because it is attached to the running VM ${vm.name}.`;
        throw new ArmError(409, 'OperationNotAllowed', message);
      }
      const allowed = disk.upload === undefined ? 'Read' : 'Write';
      const answer = beginGetAccess(cloud, operations, request, targetOf(disk), allowed);
      if (disk.upload !== undefined) {
        const value = { ...disk, upload: { ...disk.upload, started: true } };
        cloud.store.commit([{ table: 'disks', key: keyOf(disk.id), value }]);
      }
      return answer;
    }),
    groupRoute('disks.revokeAccess', 'POST', `${PATH}/endGetAccess`, (cloud, request) => {
      const disk = findDisk(cloud, request.names.group, request.names.disk);
      return endGetAccess(cloud, operations, request, targetOf(disk), uploadError(disk));
    }),
  ];
}

function targetOf(disk: Disk): { group: string; id: string; networkAccessPolicy: unknown } {
  return { group: 'disks', id: disk.id, networkAccessPolicy: disk.properties.networkAccessPolicy };
}

/** An upload must end with the footer of a fixed VHD. */
function uploadError(disk: Disk): { code: string; message: string } | undefined {
  if (disk.upload === undefined || !disk.upload.started || disk.upload.hasFooter) return undefined;
  const message = `The specified cookie value in VHD footer indicates that disk '${disk.name}' is not a supported VHD. Expected cookie value 'conectix'.`;
  return { code: 'BadRequest', message };
}

function assertDeletable(cloud: Cloud, disk: Disk): void {
  const state = diskState(cloud, disk);
  if (disk.managedBy !== undefined) {
    const message = `Disk ${disk.name} is attached to VM ${disk.managedBy}.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
  if (activeGrant(cloud, disk.id) === undefined) return;
  const message = `Disk ${disk.name} is in state ${state}: revoke its access before deleting it.`;
  throw new ArmError(409, 'OperationNotAllowed', message);
}

function newDisk(cloud: Cloud, id: string, { names, body }: ArmRequest): Disk {
  const properties = (body.properties ?? {}) as Json;
  const creationData = (properties.creationData ?? {}) as Json;
  const { stack, inherited } = contentOf(cloud, properties, creationData);
  const isUpload =
    creationData.createOption === 'Upload' || creationData.createOption === 'UploadPreparedSecure';
  return {
    id,
    name: names.disk ?? '',
    resourceGroup: names.group ?? '',
    tags: (body.tags ?? {}) as Record<string, string>,
    uniqueId: randomUUID(),
    familyId: randomUUID(),
    timeCreated: cloud.now().toISOString(),
    ...(Array.isArray(body.zones) && { zones: body.zones as string[] }),
    sku: String((body.sku as Json | undefined)?.name ?? 'Standard_LRS'),
    provisioningState: 'Updating',
    ...(isUpload && { upload: { hasFooter: false, started: false } }),
    properties: {
      networkAccessPolicy: 'AllowAll',
      publicNetworkAccess: 'Enabled',
      dataAccessAuthMode: 'None',
      encryption: { type: 'EncryptionAtRestWithPlatformKey' },
      ...inherited,
      ...properties,
      creationData,
    },
    stack,
  };
}

/** Where a new disk's bytes come from, by its create option; and what it inherits from there. */
function contentOf(cloud: Cloud, properties: Json, creationData: Json): { stack: Stack; inherited: Json } {
  const asked = typeof properties.diskSizeGB === 'number' ? properties.diskSizeGB : 0;
  switch (creationData.createOption) {
    case 'Empty': {
      if (asked < 1) throw invalidParameter('diskSizeGB', 'It is required for an empty disk.');
      return { stack: empty(cloud.layers, asked * GIB), inherited: {} };
    }
    case 'Upload':
    case 'UploadPreparedSecure':
      return { stack: empty(cloud.layers, uploadSize(cloud, creationData.uploadSizeBytes)), inherited: {} };
    case 'Copy':
    case 'Restore': {
      const source = findSource(cloud, String(creationData.sourceResourceId));
      const sizeBytes =
        asked > Math.ceil(source.stack.sizeBytes / GIB) ? asked * GIB : source.stack.sizeBytes;
      const { osType, hyperVGeneration } = source.properties;
      return { stack: grown(cloud.layers, source.stack, sizeBytes), inherited: { osType, hyperVGeneration } };
    }
    default:
      throw invalidParameter(
        'creationData.createOption',
        'It must be Empty, Upload, UploadPreparedSecure, Copy or Restore.',
      );
  }
}

function findSource(cloud: Cloud, id: string): { stack: Stack; properties: Json } {
  const key = keyOf(id);
  const point = cloud.store
    .list('restorePoints')
    .flatMap((each) => each.disks)
    .find((each) => keyOf(each.id) === key);
  const source = point ?? cloud.store.get('snapshots', key);
  if (source === undefined) throw resourceNotFound(id);
  return source;
}

/** Bytes of the disk that an upload of this size makes: the rest is the VHD footer. */
function uploadSize(cloud: Cloud, uploadSizeBytes: unknown): number {
  const isWhole = (unit: number): boolean =>
    typeof uploadSizeBytes === 'number' &&
    uploadSizeBytes > FOOTER_BYTES &&
    (uploadSizeBytes - FOOTER_BYTES) % unit === 0;
  const size = Number(uploadSizeBytes);
  const isWithinLimits = size >= SMALLEST_UPLOAD_BYTES && size <= LARGEST_UPLOAD_BYTES && isWhole(2 ** 20);
  if (!isWhole(512) || (cloud.settings.strictUploadSizes && !isWithinLimits)) {
    throw invalidParameter(
      'creationData.uploadSizeBytes',
      'It must be the size of the disk plus a footer of 512 bytes.',
    );
  }
  return size - FOOTER_BYTES;
}

/** What a PUT or PATCH on an existing disk may change: tags, SKU, a larger size, network access. */
function updatedDisk(cloud: Cloud, disk: Disk, body: Json): Disk {
  const { creationData: _ignored, diskSizeGB, ...properties } = (body.properties ?? {}) as Json;
  const sizeBytes = typeof diskSizeGB === 'number' ? diskSizeGB * GIB : 0;
  const isSmaller = typeof diskSizeGB === 'number' && diskSizeGB < Math.ceil(disk.stack.sizeBytes / GIB);
  if (isSmaller) throw invalidParameter('diskSizeGB', 'A disk cannot be made smaller.');
  if (diskState(cloud, disk) === 'ActiveSAS') {
    throw new ArmError(
      409,
      'OperationNotAllowed',
      `Disk ${disk.name} has an active shared access signature.`,
    );
  }
  const isLarger =
    sizeBytes > disk.stack.sizeBytes &&
    typeof diskSizeGB === 'number' &&
    diskSizeGB > Math.ceil(disk.stack.sizeBytes / GIB);
  return {
    ...disk,
    ...(body.tags !== undefined && { tags: body.tags as Record<string, string> }),
    sku: String((body.sku as Json | undefined)?.name ?? disk.sku),
    properties: { ...disk.properties, ...properties },
    stack: isLarger ? { ...disk.stack, sizeBytes } : disk.stack,
    provisioningState: 'Updating',
  };
}
