import type { Socket } from 'node:net';
import type { Cloud } from '../cloud/cloud';
import { giveBackPageBuffer, takePageBuffer } from '../disks/page-buffers';
import { admit } from './admit';
import { answerText, errorAnswer } from './answer';
import { askedPages, storePages, writtenHeaders } from './page-write';
import { readIntoBuffers } from './read-into-buffers';
import { parseUploadHead, UPLOAD_START, type UploadHead } from './upload-head';

/** As much as Node's HTTP server takes for a head. */
const MOST_HEAD_BYTES = 16 * 1024;
const HEAD_END = '\r\n\r\n';

/** An upload whose body is on its way. */
interface Upload {
  head: UploadHead;
  body: Buffer;
  received: number;
}

/**
 * Serves uploads of pages on a connection: their bodies go from the kernel right into the buffer that
 * the file is written from, which takes a quarter of the processor time that an HTTP server needs for
 * them. With the first request of any other kind the connection goes to `handOver`, for good, as if
 * nothing of that request had been read.
 * @returns the connection, in place of the accepted one
 */
export function serveUploads(cloud: Cloud, accepted: Socket, handOver: (socket: Socket) => void): Socket {
  /** A head, or the beginning of one; what has arrived behind it is moved on at once. */
  const pending = Buffer.allocUnsafe(MOST_HEAD_BYTES);
  let pendingBytes = 0;
  let upload: Upload | undefined;

  const socket = readIntoBuffers(accepted, {
    room: () => upload?.body.subarray(upload.received, upload.head.length) ?? pending.subarray(pendingBytes),
    onReceived(bytes) {
      if (upload === undefined) pendingBytes += bytes;
      else upload.received += bytes;
      return carryOn();
    },
  });
  socket.once('close', letGo);
  return socket;

  /** Does what can be done with what has arrived. Whether the connection stays here. */
  function carryOn(): boolean {
    for (;;) {
      if (upload === undefined) {
        if (pendingBytes === 0 || isBeginningOfHead()) return true;
        upload = begin();
      }
      if (upload === undefined) {
        // As Node makes them for an HTTP server, which answers clients that have said all they want.
        socket.allowHalfOpen = true;
        socket.unshift(pending.subarray(0, pendingBytes));
        handOver(socket);
        return false;
      }
      if (upload.received < upload.head.length) return true;
      socket.write(answer(cloud, upload.head, upload.body.subarray(0, upload.head.length)));
      letGo();
    }
  }

  function isBeginningOfHead(): boolean {
    const text = pending.toString('latin1', 0, pendingBytes);
    const canBeUpload = text.startsWith(UPLOAD_START) || UPLOAD_START.startsWith(text);
    return canBeUpload && pendingBytes < MOST_HEAD_BYTES && !text.includes(HEAD_END);
  }

  function begin(): Upload | undefined {
    const text = pending.toString('latin1', 0, pendingBytes);
    const headBytes = Math.max(0, text.indexOf(HEAD_END));
    const head = parseUploadHead(text.slice(0, headBytes), cloud.baseUrl);
    if (head === undefined) return undefined;
    const body = takePageBuffer();
    const bodyAt = headBytes + HEAD_END.length;
    const received = pending.copy(body, 0, bodyAt, Math.min(pendingBytes, bodyAt + head.length));
    pending.copyWithin(0, bodyAt + received, pendingBytes);
    pendingBytes -= bodyAt + received;
    return { head, body, received };
  }

  function letGo(): void {
    if (upload !== undefined) giveBackPageBuffer(upload.body);
    upload = undefined;
  }
}

/** Carries an upload out, in one go of the event loop, and says what is answered. */
function answer(cloud: Cloud, head: UploadHead, bytes: Buffer): string {
  try {
    const { blob } = admit(cloud, head, head.url);
    storePages(cloud, blob, askedPages(blob, head.headers), bytes);
    return answerText(201, writtenHeaders(cloud, blob));
  } catch (error) {
    const { status, headers, body } = errorAnswer(error, head.method);
    return answerText(status, headers, body);
  }
}
