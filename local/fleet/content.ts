import { createCipheriv, createHash } from 'node:crypto';

const PAGE = 4096;

/** Bytes that no codec makes smaller, the same for the same seed: an AES key stream. */
export function noise(seed: string, sizeBytes: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}

/** What a server logs: lines of text, the same for the same seed. */
export function logText(seed: string, sizeBytes: number): Buffer {
  const random = noise(seed, Math.ceil(sizeBytes / 16));
  const text = Buffer.alloc(sizeBytes);
  let minute = random.readUInt16LE(0);
  for (let at = 0, line = 0; at < sizeBytes; line++) {
    const r = random.readUInt32LE((line * 4) % (random.length - 4));
    minute += r % 3;
    at += text.write(logLine(minute, r), at, 'latin1');
  }
  return text;
}

/** What a program file holds: code that compresses by about half. */
export function program(seed: string, sizeBytes: number): Buffer {
  const bytes = noise(seed, sizeBytes);
  for (let offset = 0; offset + 64 <= sizeBytes; offset += 64) bytes.fill(offset & 0xff, offset, offset + 28);
  return bytes;
}

/**
 * Pages of a database file, each with its number and version in front; about two thirds of a page is used.
 */
export function databasePages(seed: string, firstPage: number, pages: number, version: number): Buffer {
  const bytes = Buffer.alloc(pages * PAGE);
  const rows = noise(`${seed} version ${version} from page ${firstPage}`, bytes.length);
  for (let page = 0; page < pages; page++) {
    const offset = page * PAGE;
    bytes.write(`PAGE ${String(firstPage + page).padStart(8, '0')} v${version} ${seed}`, offset, 'latin1');
    rows.copy(bytes, offset + 64, offset + 64, offset + 2700);
  }
  return bytes;
}

const LEVELS = ['INFO ', 'INFO ', 'INFO ', 'DEBUG', 'WARN '];
const PATHS = ['/', '/login', '/orders', '/orders/export', '/api/items', '/static/app.js', '/health'];

function logLine(minute: number, r: number): string {
  const clock = [(minute / 60) % 24, minute % 60, (r >>> 3) % 60].map(two).join(':');
  const time = `2026-01-02T${clock}.${String(r % 1000).padStart(3, '0')}Z`;
  const level = LEVELS[(r >>> 8) % LEVELS.length];
  const path = PATHS[(r >>> 13) % PATHS.length];
  const client = `10.0.${(r >>> 16) % 256}.${(r >>> 24) % 256}`;
  return `${time} ${level} GET ${path} 200 ${(r >>> 5) % 900}ms client=${client} id=${r.toString(16)}\n`;
}

const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
