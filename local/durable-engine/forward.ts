import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Request, Response } from '../functions-host/http/exchange';

/** Headers of one connection alone (RFC 9110, 7.6.1), and those that are set anew. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

/**
 * Sends a request on to the extension, path and `Host` unchanged: by them it tells which links to give.
 * @param extension where the extension listens.
 */
export async function forward(extension: URL, request: Request): Promise<Response> {
  const body = await request.body();
  const onward = httpRequest({
    host: extension.hostname,
    port: extension.port,
    method: request.method,
    path: request.raw.url,
    headers: { ...without(request.headers, OF_THE_CONNECTION), 'content-length': body.length },
    agent: false,
  });
  onward.end(body);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  const headers = without(answer.headers, OF_THE_CONNECTION);
  return { status: answer.statusCode ?? 500, headers, body: await buffer(answer) };
}

function without(headers: IncomingMessage['headers'], names: string[]): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && !names.includes(name),
  );
  return Object.fromEntries(kept) as Record<string, string | string[]>;
}
