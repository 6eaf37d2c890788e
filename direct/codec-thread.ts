// What a thread of `codecOnThreads` does; nothing where there is no thread.
import '../src/vault/codec/codec-thread';
