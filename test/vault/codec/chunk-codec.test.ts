import { inlineCodec } from '../../../src/vault/codec/inline-codec';
import { chunkCodecContract } from './support/chunk-codec-contract';
import { compiledThreadedCodec } from './support/compiled-threaded-codec';

describe('a codec on the thread of the caller', () => chunkCodecContract(() => inlineCodec));

describe('a codec on threads of its own', () => {
  chunkCodecContract(() => compiledThreadedCodec(2));

  test('refuses memory that its threads could not see', async () => {
    const codec = compiledThreadedCodec(1);
    await expect(codec.describe(Buffer.alloc(8))).rejects.toThrow('chunk-memory');
  });

  test('who waits for a thread that is ended hears of it, and the next task gets a new thread', async () => {
    const codec = compiledThreadedCodec(1);
    const chunk = Buffer.from(new SharedArrayBuffer(4096));
    const waiting = codec.describe(chunk);
    const ended = codec.close();
    await expect(waiting).rejects.toThrow('thread');
    await ended;
    expect((await codec.describe(chunk)).digests).toHaveLength(16);
    await codec.close();
  });
});
