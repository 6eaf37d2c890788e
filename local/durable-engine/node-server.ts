import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { deferred } from '../functions-host/basics/deferred';
import { closeServer, listen } from '../functions-host/http/server';
import type { Answered, Question } from './invoke-for-engine';

export interface NodeServer {
  /** What only the engine is told. Ends in a slash. */
  url: string;
  /** Settles when the hub runs, with the JSON of a durable client binding. */
  ready: Promise<string>;
  close(): Promise<void>;
}

/** Answers the engine, which has every orchestrator and activity run here. */
export async function serveEngine(invoke: (question: Question) => Promise<Answered>): Promise<NodeServer> {
  const secret = randomUUID();
  const ready = deferred<string>();
  const answer = async (route: string, body: string): Promise<{ status: number; body: unknown }> => {
    switch (route) {
      case `/${secret}/invoke`:
        return invoke(JSON.parse(body) as Question);
      case `/${secret}/ready`:
        ready.resolve(body);
        return { status: 200, body: {} };
      default:
        return { status: 404, body: {} };
    }
  };
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request.url ?? '', await text(request)).catch((error: unknown) => ({
      status: 500,
      body: { message: String(error), stack: '' },
    }));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  // Activities answer late, and no connection may be ended here while the engine is about to use it.
  Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
  const url = `${await listen(server, 0)}/${secret}/`;
  return { url, ready: ready.promise, close: () => closeServer(server) };
}
