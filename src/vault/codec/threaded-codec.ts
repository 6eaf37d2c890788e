import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { ObjectError } from '../../storage/object-error';
import type { ChunkCodec, ChunkContent, SealedPatch } from './chunk-codec';
import type { CodecAnswer, CodecTask, SharedBytes } from './codec-messages';

/** More do not help: then the disks and the storage account are what is waited for. */
const MOST_THREADS = 4;

/**
 * A thread's own heap is nearly empty: its buffers lie outside, and a small heap sees to it that they go
 * soon.
 */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 32 };

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

interface Thread {
  worker: Worker;
  waiting: Map<number, { resolve(value: unknown): void; reject(error: Error): void }>;
}

export interface ThreadOptions {
  /** How many there are at most. */
  threads?: number;
  /** What they run: `codec-thread`, or a program that has become one with it. */
  program?: string;
}

/**
 * A codec on threads of its own, so that the event loop only moves bytes. Threads start with the first task,
 * keep no process alive while they have nothing to do, and one that breaks down is replaced.
 */
export function threadedCodec({
  threads = Math.min(availableParallelism(), MOST_THREADS),
  program = path.join(__dirname, 'codec-thread.js'),
}: ThreadOptions = {}): ChunkCodec {
  const running: Thread[] = [];
  let lastId = 0;

  function startThread(): Thread {
    const worker = new Worker(program, { resourceLimits: HEAP_LIMITS });
    const thread: Thread = { worker, waiting: new Map() };
    worker.unref();
    worker.on('message', ({ id, done, refused }: CodecAnswer) => {
      const caller = thread.waiting.get(id);
      thread.waiting.delete(id);
      if (thread.waiting.size === 0) worker.unref();
      if (refused) caller?.reject(new ObjectError(refused.objectName, refused.failure));
      else caller?.resolve(done);
    });
    const breakDown = (error: Error) => {
      if (running.includes(thread)) running.splice(running.indexOf(thread), 1);
      for (const { reject } of thread.waiting.values()) reject(error);
      thread.waiting.clear();
    };
    worker.on('error', breakDown);
    worker.on('exit', (code) => breakDown(new Error(`A thread of the codec ended with ${code}.`)));
    running.push(thread);
    return thread;
  }

  function leastBusy(): Thread {
    const idle = running.find(({ waiting }) => waiting.size === 0);
    if (idle) return idle;
    if (running.length < threads) return startThread();
    return running.reduce((least, thread) => (thread.waiting.size < least.waiting.size ? thread : least));
  }

  function carryOut<T>(task: WithoutId<CodecTask>): Promise<T> {
    const { worker, waiting } = leastBusy();
    lastId += 1;
    const id = lastId;
    return new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.ref();
      worker.postMessage({ ...task, id });
    });
  }

  return {
    describe: async (chunk) =>
      received(await carryOut<ChunkContent>({ do: 'describe', chunk: shared(chunk) })),
    async describeOther(chunk, than) {
      const task = { do: 'describe other', chunk: shared(chunk), than } as const;
      const content = await carryOut<ChunkContent | undefined>(task);
      return content && received(content);
    },
    seal: async (chunk, target) => carryOut({ do: 'seal', chunk: shared(chunk), target: shared(target) }),
    async sealPatch(chunk, runs) {
      const task = { do: 'seal patch', chunk: shared(chunk), runs } as const;
      const patch = await carryOut<SealedPatch | undefined>(task);
      return patch && { ...patch, envelope: asBuffer(patch.envelope), digests: asBuffer(patch.digests) };
    },
    open: async (sealed, name, target) =>
      carryOut({ do: 'open', sealed: shared(sealed), name, target: target && shared(target) }),
    async close() {
      await Promise.all(running.splice(0).map(({ worker }) => worker.terminate()));
    },
  };
}

const received = ({ name, digests }: ChunkContent): ChunkContent => ({ name, digests: asBuffer(digests) });

/** What crosses between threads is no Buffer any more, but plain bytes. */
const asBuffer = ({ buffer, byteOffset, length }: Uint8Array) => Buffer.from(buffer, byteOffset, length);

function shared({ buffer, byteOffset, length }: Buffer): SharedBytes {
  if (!(buffer instanceof SharedArrayBuffer)) throw new TypeError('This buffer is not from chunk-memory.');
  return { memory: buffer, offset: byteOffset, length };
}
