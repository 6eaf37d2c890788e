// HTTP as every front of this host needs it: the server, requests and answers, keys, route templates.

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HostError, isDiskFull, messageOf } from '../basics/errors';
import type { Log } from '../basics/log';
import { BodyTooLarge, throwAway } from './body';
import { type Request, type Response, readRequest, send } from './exchange';
import { problem } from './problem';

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
 * Node would refuse a request without `Host` by itself, and without a word. Idle connections are left to
 * their clients, who are on this machine: no two limits are far enough apart on a busy one to keep a server
 * from ending a connection at the very moment at which its client sends the next request.
 */
const OPTIONS = { requireHostHeader: false, keepAliveTimeout: 0 };

/**
 * An HTTP server around one handler. Whatever the handler throws becomes a problem document that names the
 * cause, and a line in the log.
 */
export function httpServer(handler: Handler, log: Log, mostBodyBytes: number): Server {
  const server = createServer(OPTIONS, (raw: IncomingMessage, response: ServerResponse) => {
    void answer(handler, raw, response, mostBodyBytes).catch((error: unknown) => {
      const failed = failure(error);
      if (failed.status >= 500) log('error', 'host', `${raw.method} ${pathForLog(raw)}: ${messageOf(error)}`);
      if (response.headersSent) return void response.destroy();
      throwAway(raw);
      send(response, failed);
    });
  });
  return server.on('clientError', refuseBroken);
}

async function answer(
  handler: Handler,
  raw: IncomingMessage,
  response: ServerResponse,
  mostBodyBytes: number,
): Promise<void> {
  const request = readRequest(raw, mostBodyBytes);
  const answered = request
    ? await handler(request, response)
    : problem('AddressUnreadable', 'The path holds a percent sign that begins no character of UTF-8.');
  throwAway(raw);
  if (answered) send(response, answered);
}

function failure(error: unknown): Response {
  if (error instanceof BodyTooLarge) return problem('BodyTooLarge', error.message);
  const detail = messageOf(error);
  // The SDK of the durable client shows `Message` to the app.
  return problem(isDiskFull(error) ? 'DiskFull' : 'HostFailed', detail, { Message: detail });
}

/** Without the query, which may hold a key, and without the token that stands for one in the path. */
const pathForLog = ({ url = '' }: IncomingMessage): string =>
  url.replace(/\?.*$/s, '').replace(/^(\/rpc\/)[^/]*/, '$1…');

/** What Node cannot read never becomes a request; its answer goes over the bare connection. */
function refuseBroken({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const { status, headers, body = '' } = broken(code);
  const head = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' });
  const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`);
}

function broken(code: string | undefined): Response {
  if (code === 'HPE_HEADER_OVERFLOW') return problem('HeadersTooLarge', 'The request was not read.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problem('RequestTooSlow', 'The request did not arrive.');
  return problem('RequestMalformed', `The request was not understood (${code}).`);
}

/** Stops listening and ends the connections that are left. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
