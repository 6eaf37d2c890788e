import { type CapturedDisk, type CapturedVm, capturedDisk } from './captured-configuration';
import { lossesOf, optionalPartsOf } from './optional-parts-of';
import { carry, DISK, type Wire } from './properties';
import type { RestoreChoices } from './restore-target';

/** Where a new disk goes, and what it becomes. */
export interface DiskPlace {
  /** The zones of the VM that gets it, where they are not those of the time of the backup. */
  zones?: { ofVm?: string[] };
  choices?: RestoreChoices;
  /** By the name of the disk: paths of the table that cannot be restored, and may be missing. */
  without?: ReadonlyMap<string, readonly string[]>;
}

const IOPS = ['properties.diskIOPSReadWrite', 'properties.diskMBpsReadWrite'];
const SECTORS = 'properties.creationData.logicalSectorSize';

/**
 * What only some types of disks can be told; Azure refuses it for any other. Source: "Disks - Create Or
 * Update".
 */
const ONLY_FOR: readonly { paths: readonly string[]; skus: RegExp }[] = [
  {
    paths: [...IOPS, 'properties.diskIOPSReadOnly', 'properties.diskMBpsReadOnly', SECTORS],
    skus: /^(UltraSSD|PremiumV2)_/,
  },
  { paths: ['properties.tier', 'properties.burstingEnabled'], skus: /^Premium_/ },
  { paths: ['properties.creationData.performancePlus'], skus: /^(Premium|StandardSSD|Standard)_/ },
];

const unfit = (sku: string): string[] =>
  ONLY_FOR.filter(({ skus }) => !skus.test(sku)).flatMap(({ paths }) => paths);

/**
 * The managed disk that a point recorded, on the wire, but for what the restore itself decides: its name, its
 * place and its bytes. A disk that nothing is known of is a plain one.
 */
export function restoredDiskModel(
  vm: CapturedVm,
  { name, diskId }: { name: string; diskId: string },
  { zones, choices = {}, without }: DiskPlace,
) {
  const captured: CapturedDisk | undefined = capturedDisk(vm, name);
  const was = captured?.sku?.name ?? 'Standard_LRS';
  const sku = choices.skus?.[diskId] ?? was;
  // What Azure computes for a type of disk is shown, and cannot be told: nothing is lost with it.
  const gaps = without?.get(name) ?? [];
  const known = leaveOut(captured ?? {}, unfit(was));
  const carried = carry(DISK, withEncryption(known, choices), new Set([...unfit(sku), ...gaps]));
  const subject = `The disk ${name}`;
  const model: Wire = {
    ...carried.model,
    sku: { name: sku },
    zones: sku.endsWith('_ZRS') ? undefined : zones ? zones.ofVm : captured?.zones,
    tags: { ...(carried.model.tags as Wire | undefined), ...choices.tags },
  };
  return {
    model: diskId === 'os' ? withOs(model, vm.os) : model,
    optional: choices.allowLessProtected ? optionalPartsOf(subject, carried, true) : [],
    // What protects and is missing has been told with its reason.
    warnings: [
      ...lossesOf(
        subject,
        carried.lost.filter(({ property }) => !gaps.includes(property.path)),
      ),
      ...carried.notes,
    ],
  };
}

/** The keys that somebody asked for; else those of the customer, and nothing where Azure had its own. */
function withEncryption(disk: Wire, { encryptionSet }: RestoreChoices): Wire {
  const properties = (disk.properties ?? {}) as Wire & { encryption?: { diskEncryptionSetId?: string } };
  const { encryption, ...others } = properties;
  const chosen = encryptionSet && {
    type: 'EncryptionAtRestWithCustomerKey',
    diskEncryptionSetId: encryptionSet,
  };
  const kept = encryption?.diskEncryptionSetId === undefined ? undefined : encryption;
  const asked = chosen || kept;
  return { ...disk, properties: asked ? { ...others, encryption: asked } : others };
}

const withOs = (model: Wire, os: CapturedVm['os']): Wire => ({
  ...model,
  properties: { ...(model.properties as Wire | undefined), osType: os },
});

/** The resource without what lies at these paths. */
function leaveOut(resource: Wire, paths: readonly string[]): Wire {
  return paths.reduce<Wire>((rest, path) => dropAt(rest, path.split('.')), resource);
}

function dropAt(value: Wire, [name = '', ...rest]: string[]): Wire {
  const { [name]: child, ...others } = value;
  if (child === undefined) return value;
  if (rest.length === 0) return others;
  return typeof child === 'object' && child !== null && !Array.isArray(child)
    ? { ...others, [name]: dropAt(child as Wire, rest) }
    : value;
}
