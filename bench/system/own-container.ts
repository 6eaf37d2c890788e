import type { CountedAzurite } from '../support/counted-azurite';
import type { StepId } from './steps';

/** The container of the system's own vault. */
export interface OwnContainer {
  name(): string;
  /** Goes on in a new container, which the first backup makes. */
  begin(repeat: number): void;
  /** Brings it to where the step starts. */
  prepare(step: StepId): Promise<void>;
  storedBytes(): Promise<number>;
  end(): Promise<void>;
}

/** The containers that the system's own vault is in, a new one for every repeat. */
export function ownContainer(azurite: CountedAzurite): OwnContainer {
  const afterFirst = new Set<string>();
  let name = '';
  const blobs = () => azurite.client.getContainerClient(name);
  return {
    name: () => name,
    begin(repeat) {
      name = `own-${repeat}-${Date.now()}`;
    },
    // Every delta starts from the first backup alone: content is shared, so a second one would find what the
    // first has sent.
    async prepare(step) {
      const container = blobs();
      if (step === 'full' || step === 'twin') return afterFirst.clear();
      if (afterFirst.size === 0) for await (const { name } of container.listBlobsFlat()) afterFirst.add(name);
      for await (const { name } of container.listBlobsFlat())
        if (!afterFirst.has(name)) await container.deleteBlob(name);
    },
    storedBytes: async () => ((await blobs().exists()) ? (await azurite.sizeOf(name)).bytes : 0),
    async end() {
      await blobs().deleteIfExists();
    },
  };
}
