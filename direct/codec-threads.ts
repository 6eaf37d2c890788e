import path from 'node:path';
import type { ChunkCodec } from '../src/vault/codec/chunk-codec';
import { threadedCodec } from '../src/vault/codec/threaded-codec';

/** The one file that this has become part of; without it, the file beside this one is what threads run. */
const BUNDLE = /\.cjs$/.test(__filename) ? __filename : path.join(__dirname, 'codec-thread.js');

/**
 * A codec on threads of its own; close it at the end. Each takes some 20 MiB and opens some 400 MiB/s: a
 * third one would wait for the storage with the others.
 */
export const codecOnThreads = (threads = 2): ChunkCodec => threadedCodec({ threads, program: BUNDLE });
