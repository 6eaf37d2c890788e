import { createServer, type RequestListener, type Server } from 'node:http';

/**
 * An HTTP server for tests that leaves idle connections to its clients. One with a limit of its own ends a
 * connection that was quiet for so long at the very moment, perhaps, at which its client sends the next
 * request on it.
 */
export const loopbackServer = (listener: RequestListener): Server =>
  createServer({ keepAliveTimeout: 0 }, listener);
