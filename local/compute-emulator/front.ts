import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Cloud } from './cloud/cloud';
import { serveUploads } from './data-plane/upload-connection';

/** Where the emulator listens: one address for uploads of pages and for everything else. */
export interface Front {
  /** Settles with the URL. */
  listen(port: number): Promise<string>;
  /** Stops listening and cuts what is under way. */
  close(): Promise<void>;
}

/**
 * Sends every connection to where it is served best: uploads of pages directly,
 * all others to the HTTP server.
 */
export function createFront(cloud: Cloud, http: HttpServer): Front {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (accepted) => {
    const socket = serveUploads(cloud, accepted, (other) => http.emit('connection', other));
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
  });
  return {
    listen: (port) => listen(server, port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}
