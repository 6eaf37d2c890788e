import path from 'node:path';
import { compiled } from '../../../../local/process/project-root';
import type { ChunkCodec } from '../../../../src/vault/codec/chunk-codec';

/** The codec as it was built: its threads run compiled files, as in the app. */
export const compiledThreadedCodec = (threads?: number): ChunkCodec =>
  require(path.join(compiled('src', 'vault', 'codec', 'threaded-codec.js'))).threadedCodec({ threads });
