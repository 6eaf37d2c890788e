import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  text: string;
}

/**
 * A request with headers that `fetch` would not send; `pieces` come without a length unless the headers give
 * one.
 */
export async function ask(
  url: string,
  method: string,
  headers: Record<string, string>,
  pieces: string[] = [],
): Promise<RawAnswer> {
  const asked = request(url, { method, headers });
  asked.on('error', () => undefined);
  for (const piece of pieces) asked.write(piece);
  const [answer] = (await Promise.all([once(asked, 'response'), asked.end()]))[0] as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, text: await text(answer) };
}

/** The head of a request and nothing more: settles with the answer, however much the head has promised. */
export async function askWithHeadAlone(url: string, method: string, headers: Record<string, string>) {
  const asked = request(url, { method, headers });
  asked.on('error', () => undefined);
  asked.flushHeaders();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const read = { status: answer.statusCode, headers: answer.headers, text: await text(answer) };
  asked.destroy();
  return read;
}

/** Sends text that need not be HTTP, and reads until the connection ends. */
export async function sendText(url: string, sent: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(sent);
  return text(socket);
}

/**
 * Sends a head, and chunks of a body for as long as the other side takes them; settles when it has ended the
 * connection.
 */
export async function sendWithoutEnd(url: string, head: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const pump = () => {
    while (socket.write(chunk));
  };
  socket.on('error', () => undefined);
  socket.on('drain', pump);
  socket.resume();
  socket.write(head);
  pump();
  await new Promise((resolve) => socket.once('close', resolve));
}
