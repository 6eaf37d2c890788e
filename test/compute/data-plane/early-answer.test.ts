import { EventEmitter, once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { openDataPlane } from '../../../src/compute/data-plane/http';

test('when an upload has been answered, nothing of its memory is sent any more', async () => {
  const body = Buffer.alloc(32 * 2 ** 20, 'mine');
  const seen = { others: 0, bytes: 0 };
  const gate = new EventEmitter();
  const answered = once(gate, 'answered');
  const ended = once(gate, 'ended');
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.on('close', () => gate.emit('ended'));
    socket.once('data', () => {
      // Refused before it was read; whoever sits in between may read on all the same.
      socket.pause();
      socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
      socket.on('data', (bytes: Buffer) => {
        seen.bytes += bytes.length;
        if (bytes.includes('other')) seen.others += 1;
        if (seen.bytes >= body.length - 2 ** 20) socket.destroy();
      });
      void answered.then(() => socket.resume());
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const dataPlane = openDataPlane({ allowInsecureLoopback: true });
  try {
    const sas = `http://127.0.0.1:${port}/disk/x?sig=1`;
    expect((await dataPlane.send({ sas, method: 'PUT', query: 'comp=page', body })).status).toBe(503);
    body.fill('other');
    gate.emit('answered');
    await ended;
    expect(seen.others).toBe(0);
  } finally {
    dataPlane.close();
    server.close();
  }
});
