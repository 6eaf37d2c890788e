/** Put Page takes no more at once. */
export const MOST_PAGES_BYTES = 4 * 1024 * 1024;

const KEPT = 16;
const WASM_PAGE_BYTES = 64 * 1024;
const ALIGNMENT_BYTES = 4096;

/** As far as it is used here; Node's types leave it out. */
declare const WebAssembly: {
  Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

/** Node has no aligned buffers of its own, but the memory of WebAssembly begins at a page of the machine. */
const slab = new WebAssembly.Memory({
  initial: (KEPT * MOST_PAGES_BYTES) / WASM_PAGE_BYTES,
  maximum: (KEPT * MOST_PAGES_BYTES) / WASM_PAGE_BYTES,
}).buffer;

const free: Buffer[] = Array.from({ length: KEPT }, (_, index) =>
  Buffer.from(slab, index * MOST_PAGES_BYTES, MOST_PAGES_BYTES),
);

/** Room for the pages of one request. The one given back last comes first: its memory is still warm. */
export function takePageBuffer(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(MOST_PAGES_BYTES);
}

/** Takes back what `takePageBuffer` gave, and nobody uses any more. */
export function giveBackPageBuffer(buffer: Buffer): void {
  if (buffer.buffer === slab) free.push(buffer);
}

/** Whether a device could read these bytes where they lie. */
export function isAligned(bytes: Buffer): boolean {
  return bytes.buffer === slab && bytes.byteOffset % ALIGNMENT_BYTES === 0;
}
