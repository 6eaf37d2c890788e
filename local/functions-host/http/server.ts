// HTTP as every front of this host needs it: the server, requests and answers, keys, route templates.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HostError, messageOf } from '../basics/errors';
import type { Log } from '../basics/log';
import { type Request, type Response, readRequest, send } from './exchange';

/** Answers a request; undefined when it has written the response itself. */
export type Handler = (request: Request, response: ServerResponse) => Promise<Response | undefined>;

/** Listens on the loopback interface. @returns the address, `http://127.0.0.1:<port>`. */
export async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  }).catch((error: unknown) => {
    throw new HostError(
      `Cannot listen on port ${port}: ${messageOf(error)}.`,
      'Choose another --port; 0 takes a free one.',
      {
        cause: error,
      },
    );
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * An HTTP server around one handler. Whatever the handler throws becomes a 500 and a line in the log. Idle connections are left
 * to their clients, who are on this machine: no two limits are far enough apart on a busy one to keep a server from ending a
 * connection at the very moment at which its client sends the next request.
 */
export function httpServer(handler: Handler, log: Log): Server {
  return createServer({ keepAliveTimeout: 0 }, (raw: IncomingMessage, response: ServerResponse) => {
    void answer(handler, raw, response).catch((error: unknown) => {
      log('error', 'host', `${raw.method} ${raw.url?.split('?')[0]}: ${messageOf(error)}`);
      if (!response.headersSent) send(response, { status: 500 });
      else response.destroy();
    });
  });
}

async function answer(handler: Handler, raw: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = readRequest(raw);
  const answered = request ? await handler(request, response) : { status: 400 };
  if (answered) send(response, answered);
}

/** Stops listening and ends the connections that are left. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
