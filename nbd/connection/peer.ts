import type { Socket } from 'node:net';

/** The bytes of a reply travel in buffers of at most this size. */
export const PIECE_BYTES = 256 * 1024;

/** What may be on its way to one client at once; who does not take it gets no more. */
const OUTGOING_BYTES = 2 * 2 ** 20;

/** What is on its way may arrive; who does not take it does not hold the server up. */
const LAST_WORDS_MS = 5_000;

/** The other end of a connection. */
export interface Peer {
  /** Exactly so many bytes, at most `PIECE_BYTES`; undefined when the client ends before. */
  read(length: number): Promise<Buffer | undefined>;
  /** Passes over so many bytes; false when the client ends before. */
  skip(length: number): Promise<boolean>;
  /** Sends a message whole. */
  send(message: Buffer): void;
  /**
   * Waits until so many bytes may be sent. Every answer of this is given back once, by `sendData` or
   * `release`; more than all that may be under way at once are let through alone.
   */
  reserve(length: number): Promise<void>;
  release(length: number): void;
  /** Sends a head and a copy of the data, for which room was reserved; what is sent is one message. */
  sendData(head: Buffer, data: Buffer): void;
  /** The same without a copy: nobody may write to the data any more. Settles when they are gone. */
  sendOwn(head: Buffer, data: Buffer): Promise<void>;
  /** Hears nothing more: whoever reads learns that the client has ended. */
  stopHearing(): void;
  /** Lets what was sent arrive, then ends; who does not take it in a few seconds goes without. */
  end(): Promise<void>;
  /** Ends at once. */
  destroy(): void;
  readonly isGone: boolean;
}

/** Buffers that go round between replies. */
export function replyMemory(kept = 32) {
  const free: Buffer[] = [];
  return {
    take: (length: number): Buffer =>
      length === PIECE_BYTES
        ? (free.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES))
        : Buffer.allocUnsafe(length),
    giveBack(buffer: Buffer) {
      if (buffer.length === PIECE_BYTES && free.length < kept) free.push(buffer);
    },
  };
}

export type ReplyMemory = ReturnType<typeof replyMemory>;

export function socketPeer(socket: Socket, memory: ReplyMemory): Peer {
  let changed: (() => void) | undefined;
  let outgoing = 0;
  let hears = true;
  const waiting: { length: number; go: () => void }[] = [];
  const notice = () => {
    changed?.();
    changed = undefined;
  };
  for (const event of ['readable', 'end', 'close'] as const) socket.on(event, notice);
  // It closes too, which says all that matters.
  socket.on('error', () => undefined);

  const fits = (length: number) => outgoing === 0 || outgoing + length <= OUTGOING_BYTES || socket.destroyed;
  const admit = () => {
    for (let next = waiting[0]; next && fits(next.length); next = waiting[0]) {
      waiting.shift();
      outgoing += next.length;
      next.go();
    }
  };
  socket.on('close', admit);

  async function read(length: number): Promise<Buffer | undefined> {
    if (length === 0) return Buffer.alloc(0);
    while (hears) {
      const bytes: Buffer | null = socket.read(length);
      if (bytes) return bytes.length === length ? bytes : undefined;
      if (socket.readableEnded || socket.destroyed) return undefined;
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
    }
    return undefined;
  }

  const release = (length: number) => {
    outgoing -= length;
    admit();
  };
  const sendBoth = (head: Buffer, data: Buffer) =>
    new Promise<void>((resolve) => {
      socket.cork();
      socket.write(head);
      socket.write(data, () => {
        release(data.length);
        resolve();
      });
      socket.uncork();
    });

  return {
    read,
    async skip(length) {
      for (let left = length; left > 0; left -= Math.min(left, PIECE_BYTES))
        if (!(await read(Math.min(left, PIECE_BYTES)))) return false;
      return true;
    },
    send(message) {
      if (!socket.destroyed) socket.write(message);
    },
    async reserve(length) {
      if (waiting.length === 0 && fits(length)) outgoing += length;
      else await new Promise<void>((go) => waiting.push({ length, go }));
    },
    release,
    sendData(head, data) {
      const copy = memory.take(data.length);
      data.copy(copy);
      void sendBoth(head, copy).then(() => memory.giveBack(copy));
    },
    sendOwn: sendBoth,
    stopHearing() {
      hears = false;
      notice();
    },
    async end() {
      if (socket.destroyed) return;
      await new Promise<void>((resolve) => {
        const late = setTimeout(() => socket.destroy(), LAST_WORDS_MS);
        socket.once('close', () => {
          clearTimeout(late);
          resolve();
        });
        socket.end(() => socket.destroy());
      });
    },
    destroy: () => socket.destroy(),
    get isGone() {
      return socket.destroyed;
    },
  };
}
