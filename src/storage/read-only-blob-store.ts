import { backupError } from '../failures/failure';
import type { BlobStore } from './blob-store';

/**
 * A view of a store through which nothing is written, whatever its credentials allow: to whoever writes under
 * a condition everything seems locked, so that notes of damage are left away, and all other writes fail with
 * `VaultReadOnly`.
 */
export function readOnlyBlobStore(store: BlobStore): BlobStore {
  const refuse = (what: string) => backupError('VaultReadOnly', `${what}: the vault is only read here`);
  return {
    get: store.get,
    readInto: store.readInto,
    getRange: store.getRange,
    head: store.head,
    list: store.list,
    now: store.now,
    async ensureContainer() {
      throw refuse('the container');
    },
    async put(name, _body, condition) {
      if (condition) return { written: false, locked: true };
      throw refuse(name);
    },
    touch: async () => ({ written: false, locked: true }),
    delete: async () => 'conflict',
  };
}
