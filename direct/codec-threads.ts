// Threads for reading a vault. This file, or the bundle that it has become part of, is what they run.

// What a thread does; it does nothing where there is no thread.
import '../src/vault/codec/codec-thread';
import type { ChunkCodec } from '../src/vault/codec/chunk-codec';
import { threadedCodec } from '../src/vault/codec/threaded-codec';

/** A codec on threads of its own; close it at the end. */
export const codecOnThreads = (): ChunkCodec => threadedCodec({ program: __filename });
