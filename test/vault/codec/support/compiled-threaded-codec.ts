import path from 'node:path';
import { compiled } from '../../../../local/process/project-root';
import type { threadedCodec } from '../../../../src/vault/codec/threaded-codec';

/** The codec as it was built: its threads run compiled files, as in the app. */
export const compiledThreadedCodec: typeof threadedCodec = (threads) =>
  require(path.join(compiled('src', 'vault', 'codec', 'threaded-codec.js'))).threadedCodec(threads);
