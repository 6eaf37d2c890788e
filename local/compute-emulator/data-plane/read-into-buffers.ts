import { Socket, type SocketConstructorOpts } from 'node:net';

/** Where the bytes of a connection go. */
export interface Receiver {
  /** Where the next bytes may go; not empty. */
  room(): Buffer;
  /** So many bytes have arrived where there was room. Returns whether more are wanted. */
  onReceived(bytes: number): boolean;
}

/** What Node's own server makes a socket from. */
interface Accepted extends Socket {
  _handle?: unknown;
}

/**
 * The connection of a socket that was accepted with `pauseOnConnect`, read into buffers of our own: what
 * `onread` does for outgoing connections, and Node has no option for on a server. The accepted socket is an
 * empty shell then, which ends with its connection.
 */
export function readIntoBuffers(accepted: Socket, { room, onReceived }: Receiver): Socket {
  const shell: Accepted = accepted;
  const { _handle: handle } = shell;
  shell._handle = null;
  const options = { handle, onread: { buffer: room, callback: onReceived } };
  const socket = new Socket(options as SocketConstructorOpts);
  socket.setNoDelay(true);
  socket.once('close', () => shell.destroy());
  return socket;
}
