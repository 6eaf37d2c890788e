import { AZURE } from './azure';
import { DIRECT } from './direct';
import { DISKS } from './disks';
import { GUEST } from './guest';
import { INSPECTION } from './inspection';
import { JOBS } from './jobs';
import { REQUESTS } from './requests';
import { RESTORE } from './restore';
import { SNAPSHOTS } from './snapshots';
import { STORAGE } from './storage';
import { VAULT } from './vault';

export type { CatalogueEntry } from './entry';

/**
 * Every failure that the system can name, by subject. The documentation page of failures is made from this
 * table.
 */
export const CATALOGUE = {
  ...JOBS,
  ...AZURE,
  ...INSPECTION,
  ...GUEST,
  ...SNAPSHOTS,
  ...DISKS,
  ...RESTORE,
  ...VAULT,
  ...STORAGE,
  ...DIRECT,
  ...REQUESTS,
};

export type FailureCode = keyof typeof CATALOGUE;

/** Whether the storage of the vault refused, whatever was asked of it. */
export const isStorageCode = (code: string): boolean => Object.hasOwn(STORAGE, code);
