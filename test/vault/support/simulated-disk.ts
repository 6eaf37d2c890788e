import type { ByteRange, ChangedRange, DiskSource, DiskTarget } from '../../../src/disks/ports';

const PAGE = 512;

interface Page {
  /** Undefined after a clear. */
  bytes?: Buffer;
  /** The generation of the disk in which the page was last touched. */
  touched: number;
}

/**
 * A disk as a guest sees it: pages of 512 bytes, written or cleared; snapshots know what changed since older
 * ones.
 */
export class SimulatedDisk {
  private pages = new Map<number, Page>();
  private generation = 1;

  constructor(public sizeBytes: number) {}

  write(offset: number, bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += PAGE) {
      const page = Buffer.from(bytes.subarray(at, at + PAGE));
      this.pages.set((offset + at) / PAGE, { bytes: page, touched: this.generation });
    }
  }

  clear(offset: number, length: number): void {
    for (let at = offset; at < offset + length; at += PAGE) {
      if (this.pages.has(at / PAGE)) this.pages.set(at / PAGE, { touched: this.generation });
    }
  }

  grow(sizeBytes: number): void {
    this.sizeBytes = sizeBytes;
  }

  /** Freezes what the disk holds now. */
  snapshot(): SimulatedSnapshot {
    const frozen = new SimulatedSnapshot(this.sizeBytes, new Map(this.pages), this.generation);
    this.generation += 1;
    return frozen;
  }
}

/** One instant of a simulated disk. Counts what is read from it. */
export class SimulatedSnapshot {
  readBytes = 0;
  reads = 0;

  constructor(
    readonly sizeBytes: number,
    private readonly pages: Map<number, Page>,
    private readonly generation: number,
  ) {}

  bytes(range: ByteRange = { offset: 0, length: this.sizeBytes }): Buffer {
    const bytes = Buffer.alloc(range.length);
    if (this.pages.size < range.length / PAGE) {
      for (const [page, { bytes: content }] of this.pages) this.copyPage(bytes, range, page, content);
    } else {
      for (let page = Math.floor(range.offset / PAGE); page * PAGE < range.offset + range.length; page += 1) {
        this.copyPage(bytes, range, page, this.pages.get(page)?.bytes);
      }
    }
    return bytes;
  }

  /** As the vault reads it; with `since`, changed-block tracking against that snapshot. */
  source(since?: SimulatedSnapshot): DiskSource {
    return {
      sizeBytes: this.sizeBytes,
      allocatedRanges: async (window) => this.rangesOf(window, (page) => (page.bytes ? false : undefined)),
      changedRanges: since
        ? async (window) =>
            this.rangesOf(window, (page) =>
              page.touched > since.generation ? page.bytes === undefined : undefined,
            )
        : undefined,
      read: async (offset, target, signal) => {
        signal?.throwIfAborted();
        this.reads += 1;
        this.readBytes += target.length;
        this.bytes({ offset, length: target.length }).copy(target);
      },
    };
  }

  /** Ranges of pages for which `cleared` gives an answer. */
  private rangesOf(
    window: ByteRange = { offset: 0, length: this.sizeBytes },
    cleared: (page: Page) => boolean | undefined,
  ): ChangedRange[] {
    const ranges: ChangedRange[] = [];
    const from = window.offset / PAGE;
    const to = from + window.length / PAGE;
    const numbers = [...this.pages.keys()].filter((page) => page >= from && page < to).sort((a, b) => a - b);
    for (const number of numbers) {
      const state = cleared(this.pages.get(number)!);
      const last = ranges.at(-1);
      if (state === undefined) continue;
      if (last && last.cleared === state && last.offset + last.length === number * PAGE) last.length += PAGE;
      else ranges.push({ offset: number * PAGE, length: PAGE, cleared: state });
    }
    return ranges;
  }

  private copyPage(to: Buffer, range: ByteRange, page: number, content: Buffer | undefined): void {
    const at = page * PAGE - range.offset;
    if (content && at > -PAGE && at < range.length) content.copy(to, Math.max(0, at), Math.max(0, -at));
  }
}

/** A new disk in memory that remembers what was written to it. */
export class TargetDisk implements DiskTarget {
  readonly bytes: Buffer;
  writtenBytes = 0;

  constructor(readonly sizeBytes: number) {
    this.bytes = Buffer.alloc(sizeBytes);
  }

  async write(offset: number, bytes: Buffer): Promise<void> {
    if (offset % PAGE !== 0 || bytes.length % PAGE !== 0) throw new Error('writes are whole pages');
    if (offset + bytes.length > this.sizeBytes) throw new Error('a write beyond the end of the disk');
    this.writtenBytes += bytes.length;
    bytes.copy(this.bytes, offset);
  }
}
