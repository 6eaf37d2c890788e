import type { ChunkCodec } from './chunk-codec';
import { chunkWork } from './chunk-work';

/** A codec on the caller's own thread: for tests and tools, and wherever a thread is not worth it. */
export const inlineCodec: ChunkCodec = {
  describe: async (chunk) => chunkWork.describe(chunk),
  describeOther: async (chunk, than) => chunkWork.describeOther(chunk, than),
  seal: async (chunk, target) => chunkWork.seal(chunk, target),
  sealPatch: async (chunk, runs) => chunkWork.sealPatch(chunk, runs),
  open: async (sealed, name, target) => chunkWork.open(sealed, name, target),
  close: async () => {},
};
