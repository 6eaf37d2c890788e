import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../cloud/cloud';
import { keyOf, restorePointKey } from '../../cloud/ids';
import type { Disk, Json } from '../../cloud/model';
import type { Stack } from '../../disks/stack';
import { empty, grown } from '../../disks/volume';
import { ArmError, invalidParameter, resourceNotFound } from '../rest/arm-error';
import type { ArmRequest } from '../rest/route';
import { refuseUnfit, sectorsOf } from './disk-type';
import { diskState } from './render-disk';

const GIB = 2 ** 30;
const FOOTER_BYTES = 512;
const SMALLEST_UPLOAD_BYTES = 20_972_032;
const LARGEST_UPLOAD_BYTES = 35_183_298_347_520;

export function newDisk(cloud: Cloud, id: string, { names, body }: ArmRequest): Disk {
  const properties = (body.properties ?? {}) as Json;
  const creationData = (properties.creationData ?? {}) as Json;
  const sku = String((body.sku as Json | undefined)?.name ?? 'Standard_LRS');
  refuseUnfit(sku, properties);
  const { stack, inherited } = contentOf(cloud, properties, creationData);
  refuseOtherSectors(sku, creationData, inherited);
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
    ...(body.extendedLocation !== undefined && { extendedLocation: body.extendedLocation as Json }),
    sku,
    provisioningState: 'Updating',
    ...(isUpload && { upload: { hasFooter: false, started: false } }),
    properties: {
      networkAccessPolicy: 'AllowAll',
      publicNetworkAccess: 'Enabled',
      dataAccessAuthMode: 'None',
      encryption: { type: 'EncryptionAtRestWithPlatformKey' },
      ...inherited.kept,
      ...properties,
      creationData: {
        ...creationData,
        ...sectorsOf(sku, creationData.logicalSectorSize ?? inherited.logicalSectorSize),
      },
    },
    stack,
  };
}

/** Where a new disk's bytes come from, by its create option; and what it inherits from there. */
function contentOf(
  cloud: Cloud,
  properties: Json,
  creationData: Json,
): { stack: Stack; inherited: { kept: Json; logicalSectorSize?: unknown } } {
  const asked = typeof properties.diskSizeGB === 'number' ? properties.diskSizeGB : 0;
  switch (creationData.createOption) {
    case 'Empty': {
      if (asked < 1) throw invalidParameter('diskSizeGB', 'It is required for an empty disk.');
      return { stack: empty(cloud.layers, asked * GIB), inherited: { kept: {} } };
    }
    case 'Upload':
    case 'UploadPreparedSecure':
      return {
        stack: empty(cloud.layers, uploadSize(cloud, creationData.uploadSizeBytes)),
        inherited: { kept: {} },
      };
    case 'Copy':
    case 'Restore': {
      const source = findSource(cloud, String(creationData.sourceResourceId));
      const sizeBytes =
        asked > Math.ceil(source.stack.sizeBytes / GIB) ? asked * GIB : source.stack.sizeBytes;
      const { osType, hyperVGeneration, logicalSectorSize } = source.properties;
      const kept = { osType, hyperVGeneration };
      return { stack: grown(cloud.layers, source.stack, sizeBytes), inherited: { kept, logicalSectorSize } };
    }
    default:
      throw invalidParameter(
        'creationData.createOption',
        'It must be Empty, Upload, UploadPreparedSecure, Copy or Restore.',
      );
  }
}

/** A copy has the sectors of its source. */
function refuseOtherSectors(
  sku: string,
  { logicalSectorSize: asked }: Json,
  source: { logicalSectorSize?: unknown },
) {
  if (asked === undefined || source.logicalSectorSize === undefined || asked === source.logicalSectorSize)
    return;
  const message = `The logical sector size ${String(asked)} of a disk of type ${sku} is not that of its source.`;
  throw new ArmError(400, 'InvalidParameter', message);
}

function findSource(cloud: Cloud, id: string): { stack: Stack; properties: Json } {
  const key = keyOf(id);
  const point = cloud.store.get('restorePoints', restorePointKey(key));
  const source = point?.disks.find((each) => keyOf(each.id) === key) ?? cloud.store.get('snapshots', key);
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
export function updatedDisk(cloud: Cloud, disk: Disk, body: Json): Disk {
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
