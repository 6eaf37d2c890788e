// Threads for reading a vault. This file, or the bundle that it has become part of, is what they run.

import { isMainThread, workerData } from 'node:worker_threads';
import type { ChunkCodec } from '../src/vault/codec/chunk-codec';
import { threadedCodec } from '../src/vault/codec/threaded-codec';

const CODEC_THREAD = 'codec thread';

/** A codec on threads of its own; close it at the end. */
export const codecOnThreads = (): ChunkCodec =>
  threadedCodec({ program: __filename, workerData: CODEC_THREAD });

if (!isMainThread && workerData === CODEC_THREAD) require('../src/vault/codec/codec-thread');
