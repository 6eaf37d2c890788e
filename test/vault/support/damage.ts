import type { BlobStore } from '../../../src/storage/blob-store';

export async function flipABit(store: BlobStore, name: string): Promise<void> {
  const { body } = (await store.get(name))!;
  const at = Math.floor(body.length / 2);
  body.writeUInt8(body.readUInt8(at) ^ 4, at);
  await store.put(name, body);
}

/** Damages every blob of a folder: `segments/`. */
export async function damageAll(
  store: BlobStore,
  folder: string,
  how: 'flipped' | 'missing' = 'flipped',
): Promise<void> {
  for await (const { name } of store.list(folder)) {
    if (how === 'missing') await store.delete(name);
    else await flipABit(store, name);
  }
}
