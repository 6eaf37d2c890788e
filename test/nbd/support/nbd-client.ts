import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ServeAddress } from '../../../nbd/address';

/** An answer to an option. */
export interface OptionAnswer {
  type: number;
  data: Buffer;
}

/** A chunk of a structured reply, or a simple one with type -1. */
export interface Reply {
  type: number;
  done: boolean;
  cookie: bigint;
  /** Of a simple reply or an error chunk. */
  error: number;
  payload: Buffer;
}

export const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
export const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};
export const u64 = (value: number | bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};
export const text = (value: string) => Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value)]);

/** A client that says exactly what it is told to, also what no client should. */
export async function rawClient(address: ServeAddress) {
  const socket: Socket =
    'socket' in address ? connect(address.socket) : connect(address.port, address.host ?? '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  let received = Buffer.alloc(0);
  let changed: (() => void) | undefined;
  let closed = false;
  const notice = () => {
    changed?.();
    changed = undefined;
  };
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    notice();
  });
  socket.on('close', () => {
    closed = true;
    notice();
  });
  const change = () =>
    new Promise<void>((resolve) => {
      changed = resolve;
    });

  async function read(length: number): Promise<Buffer> {
    while (received.length < length) {
      if (closed) throw new Error('the server has closed');
      await change();
    }
    const bytes = received.subarray(0, length);
    received = received.subarray(length);
    return bytes;
  }
  const send = (...parts: Buffer[]) => socket.write(Buffer.concat(parts));

  async function optionAnswers(): Promise<OptionAnswer[]> {
    const answers: OptionAnswer[] = [];
    for (;;) {
      const head = await read(20);
      const type = head.readUInt32BE(12);
      answers.push({ type, data: await read(head.readUInt32BE(16)) });
      if (type === 1 || type > 0x8000_0000) return answers;
    }
  }
  const sendOption = (option: number, data: Buffer = Buffer.alloc(0), length = data.length) =>
    send(Buffer.from('IHAVEOPT'), u32(option), u32(length), data);

  async function reply(withData = 0): Promise<Reply> {
    const magic = (await read(4)).readUInt32BE();
    if (magic === 0x67446698) {
      const head = await read(12);
      const error = head.readUInt32BE(0);
      const payload = error === 0 ? await read(withData) : Buffer.alloc(0);
      return { type: -1, done: true, cookie: head.readBigUInt64BE(4), error, payload };
    }
    if (magic !== 0x668e33ef) throw new Error(`no reply begins with ${magic.toString(16)}`);
    const head = await read(16);
    const type = head.readUInt16BE(2);
    const payload = await read(head.readUInt32BE(12));
    const error = type >= 0x8000 ? payload.readUInt32BE(0) : 0;
    return { type, done: (head.readUInt16BE(0) & 1) === 1, cookie: head.readBigUInt64BE(4), error, payload };
  }

  return {
    socket,
    send,
    read,
    sendOption,
    /** Sends an option and takes its answers, the last one included. */
    async option(option: number, data?: Buffer) {
      sendOption(option, data);
      return optionAnswers();
    },
    optionAnswers,
    /** The greeting, answered with flags: fixed newstyle, no zeroes. */
    async greet(flags = 3) {
      const greeting = await read(18);
      send(u32(flags));
      return greeting;
    },
    request: (command: number, offset: number | bigint, length: number, flags = 0, cookie = 7n) =>
      send(u32(0x25609513), u16(flags), u16(command), u64(cookie), u64(offset), u32(length)),
    reply,
    /** All chunks of a structured reply. */
    async replies() {
      const all = [await reply()];
      while (!all.at(-1)?.done) all.push(await reply());
      return all;
    },
    /** Settles when the server has closed the connection. */
    async closedByServer() {
      while (!closed) await change();
    },
    get isClosed() {
      return closed;
    },
    close: () => socket.destroy(),
  };
}

export type RawClient = Awaited<ReturnType<typeof rawClient>>;

/**
 * A client that has chosen an export, with structured replies and `base:allocation` unless told otherwise.
 */
export async function chosen(address: ServeAddress, name: string, structured = true): Promise<RawClient> {
  const client = await rawClient(address);
  await client.greet();
  if (structured) {
    await client.option(8);
    await client.option(10, Buffer.concat([text(name), u32(1), text('base:allocation')]));
  }
  await client.option(7, Buffer.concat([text(name), u16(0)]));
  return client;
}

/** The bytes of a structured reply to a READ, put together; the errors in it beside. */
export function dataOf(replies: readonly Reply[], offset: number, length: number) {
  const bytes = Buffer.alloc(length, 0xee);
  const errors: Reply[] = [];
  for (const reply of replies) {
    const at = reply.type === 1 || reply.type === 2 ? Number(reply.payload.readBigUInt64BE(0)) - offset : 0;
    if (reply.type === 1) reply.payload.copy(bytes, at, 8);
    if (reply.type === 2) bytes.fill(0, at, at + reply.payload.readUInt32BE(8));
    if (reply.type >= 0x8000) errors.push(reply);
  }
  return { bytes, errors };
}

/** The runs that a reply to BLOCK_STATUS tells. */
export function runsOf({ payload }: Reply) {
  const runs: { length: number; state: number }[] = [];
  for (let at = 4; at < payload.length; at += 8)
    runs.push({ length: payload.readUInt32BE(at), state: payload.readUInt32BE(at + 4) });
  return runs;
}
