import { createServer } from 'node:net';
import { allSettledOrThrow } from '../src/basics/all-settled';
import { checkAddress, listen, type ServeAddress, uriOf } from './address';
import type { Export } from './connection/export';
import { shakeHands } from './connection/handshake';
import { type Peer, replyMemory, socketPeer } from './connection/peer';
import { oneAtATime } from './connection/read-command';
import { transmit } from './connection/transmission';

/** Programs of one person on one machine need no more, and each may hold 2 MiB. */
const MAX_CONNECTIONS = 16;
/** Who has not chosen an export by then will not. */
const HANDSHAKE_MS = 300_000;

export interface NbdServer {
  /** With the port that was free. */
  address: ServeAddress;
  /** One for each export, for `nbdinfo`, `qemu-img` and whoever else speaks NBD. */
  uris: { name: string; uri: string }[];
  /** Ends: nothing new is begun, what is under way is answered, the disks are closed. */
  close(): Promise<void>;
}

export interface ServerOptions {
  address: ServeAddress;
  exports: readonly Export[];
  /** Hears of everything that went wrong for a client. */
  onError?: (error: unknown) => void;
}

/** Serves disks by the NBD protocol. Throws `ServeAddressRefused` and `ServeAddressInUse`. */
export async function startNbdServer(options: ServerOptions): Promise<NbdServer> {
  const { exports, onError = () => undefined } = options;
  const wanted = checkAddress(options.address);
  const connections = new Map<Peer, Promise<void>>();
  const memory = replyMemory();
  const large = oneAtATime();

  async function converse(peer: Peer): Promise<void> {
    const deadline = setTimeout(() => peer.destroy(), HANDSHAKE_MS);
    try {
      const session = await shakeHands(peer, exports);
      clearTimeout(deadline);
      if (session) await transmit({ peer, session, large, onError });
    } catch (error) {
      onError(error);
    } finally {
      clearTimeout(deadline);
      await peer.end();
    }
  }

  const server = createServer({ noDelay: true }, (socket) => {
    const peer = socketPeer(socket, memory);
    connections.set(
      peer,
      converse(peer).finally(() => connections.delete(peer)),
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, wanted);
  const at = server.address();
  const address =
    typeof at === 'object' && at && 'port' in wanted ? { host: wanted.host, port: at.port } : wanted;

  return {
    address,
    uris: exports.map(({ name }) => ({ name, uri: uriOf(address, name) })),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Nothing more is heard of them; what they asked is still answered.
      for (const peer of connections.keys()) peer.stopHearing();
      await Promise.all(connections.values());
      await closed;
      await allSettledOrThrow(exports.map(({ disk }) => disk.close()));
    },
  };
}
