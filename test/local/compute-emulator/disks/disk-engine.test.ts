import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describeImage } from '../../../../local/compute-emulator/disks/base-images';
import { allocatedRuns, readView } from '../../../../local/compute-emulator/disks/disk-view';
import { findFoldablePair } from '../../../../local/compute-emulator/disks/foldable';
import { type LayerStore, openLayerStore } from '../../../../local/compute-emulator/disks/layer-store';
import type { Stack } from '../../../../local/compute-emulator/disks/stack';
import { empty, freeze, grown, liveLayer } from '../../../../local/compute-emulator/disks/volume';

const PAGE = 512;
const PAGES = 64;
const SIZE = PAGE * PAGES;

type Step =
  | { kind: 'write'; start: number; count: number; fill: number }
  | { kind: 'clear'; start: number; count: number }
  | { kind: 'snapshot' }
  | { kind: 'delete'; which: number }
  | { kind: 'restart' };

const extent = { start: fc.nat(PAGES - 1), count: fc.integer({ min: 1, max: 20 }) };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      ...extent,
      fill: fc.integer({ min: 1, max: 255 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('clear' as const), ...extent }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'snapshot' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

function written(layers: LayerStore, stack: Stack, fill: number): Stack {
  liveLayer(layers, stack).write(0, Buffer.alloc(PAGE, fill));
  return stack;
}

/** A disk in plain memory: what every operation of the real one must amount to. */
interface Model {
  bytes: Buffer;
  touched: Map<number, 'data' | 'cleared'>;
}

async function readAll(layers: LayerStore, stack: Stack): Promise<Buffer> {
  const bytes = Buffer.alloc(stack.sizeBytes);
  await layers.withView(stack, (view) => readView(view, 0, bytes));
  return bytes;
}

interface Snapshot {
  stack: Stack;
  bytes: Buffer;
  touchedAfter: Map<number, 'data' | 'cleared'>;
}

/** What the emulator does after a deletion: unused layers go, those that nobody tells apart become one. */
async function tidy(
  layers: LayerStore,
  live: Stack,
  snapshots: Snapshot[],
): Promise<{ live: Stack; snapshots: Snapshot[] }> {
  const stacks = [live, ...snapshots.map(({ stack }) => stack)];
  layers.collect(new Set(stacks.flatMap((stack) => stack.layers)));
  const pair = findFoldablePair(
    stacks.map((stack, index) => ({ layers: stack.layers, isLive: index === 0 })),
  );
  if (pair === undefined) return { live, snapshots };
  expect(await layers.fold(pair.lower, pair.upper, () => false)).toBe(true);
  const without = (stack: Stack): Stack => ({
    ...stack,
    layers: stack.layers.filter((id) => id !== pair.upper),
  });
  return tidy(
    layers,
    without(live),
    snapshots.map((each) => ({ ...each, stack: without(each.stack) })),
  );
}

describe('the disk engine', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'disks-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads every snapshot as it was and tells exactly which pages changed since, over restarts and deletions', async () => {
    const image = Buffer.alloc(SIZE);
    for (let page = 0; page < PAGES; page += 3) image.fill(page + 1, page * PAGE, (page + 1) * PAGE);
    writeFileSync(join(folder, 'base.img'), image);
    let run = 0;

    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(step, { maxLength: 40, size: 'max' }),
        async (hasImage, steps) => {
          run += 1;
          const home = join(folder, String(run));
          let layers = openLayerStore(home);
          let live: Stack = hasImage
            ? grown(
                layers,
                { sizeBytes: SIZE, image: describeImage(join(folder, 'base.img')), layers: [] },
                SIZE,
              )
            : empty(layers, SIZE);
          const model: Model = {
            bytes: Buffer.from(hasImage ? image : Buffer.alloc(SIZE)),
            touched: new Map(),
          };
          let snapshots: Snapshot[] = [];

          for (const each of steps) {
            if (each.kind === 'restart') {
              layers.close();
              layers = openLayerStore(home);
            } else if (each.kind === 'snapshot') {
              const taken = freeze(layers, live);
              live = taken.live;
              snapshots.push({
                stack: taken.frozen,
                bytes: Buffer.from(model.bytes),
                touchedAfter: new Map(),
              });
            } else if (each.kind === 'delete') {
              snapshots = snapshots.filter((_, index) => index !== each.which);
              const kept = await tidy(layers, live, snapshots);
              live = kept.live;
              snapshots = kept.snapshots;
            } else {
              const end = Math.min(PAGES, each.start + each.count);
              const data =
                each.kind === 'write' ? Buffer.alloc((end - each.start) * PAGE, each.fill) : undefined;
              if (data === undefined) liveLayer(layers, live).clear(each.start * PAGE, end * PAGE);
              else liveLayer(layers, live).write(each.start * PAGE, data);
              model.bytes.fill(each.kind === 'write' ? each.fill : 0, each.start * PAGE, end * PAGE);
              for (let page = each.start; page < end; page += 1) {
                for (const { touchedAfter } of snapshots)
                  touchedAfter.set(page, data === undefined ? 'cleared' : 'data');
              }
            }
          }

          expect((await readAll(layers, live)).equals(model.bytes)).toBe(true);
          for (const { stack, bytes, touchedAfter } of snapshots) {
            expect((await readAll(layers, stack)).equals(bytes)).toBe(true);
            const changes = layers.changes(stack, live) ?? [];
            const pages = changes.flatMap(({ start, end, value }) =>
              Array.from(
                { length: (end - start) / PAGE },
                (_, index) => [start / PAGE + index, value] as const,
              ),
            );
            expect(pages).toEqual([...touchedAfter].sort(([a], [b]) => a - b));
          }
          layers.close();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('finds in what it lists as allocated all that is not zero', async () => {
    const path = join(folder, 'sparse.img');
    writeFileSync(path, '');
    truncateSync(path, 64 * 1024 * 1024);
    const layers = openLayerStore(join(folder, 'layers'));
    const stack = grown(
      layers,
      { sizeBytes: 64 * 1024 * 1024, image: describeImage(path), layers: [] },
      64 * 1024 * 1024,
    );
    expect(await layers.withView(stack, async (view) => allocatedRuns(view))).toEqual([]);
    liveLayer(layers, stack).write(5 * 1024 * 1024, Buffer.alloc(PAGE, 7));
    expect(await layers.withView(stack, async (view) => allocatedRuns(view))).toEqual([
      { start: 5 * 1024 * 1024, end: 5 * 1024 * 1024 + PAGE, value: 'data' },
    ]);
    layers.close();
  });

  it('holds 32 TiB without taking space, on file systems whose files end at 16 TiB', async () => {
    const size = 32 * 2 ** 40;
    const layers = openLayerStore(join(folder, 'layers'));
    const disk = empty(layers, size);
    const last = Buffer.alloc(PAGE, 9);
    liveLayer(layers, disk).write(size - PAGE, last);
    const { frozen, live } = freeze(layers, disk);
    liveLayer(layers, live).clear(size - PAGE, size);
    const read = async (stack: Stack): Promise<Buffer> => {
      const bytes = Buffer.alloc(PAGE);
      await layers.withView(stack, (view) => readView(view, size - PAGE, bytes));
      return bytes;
    };
    expect((await read(frozen)).equals(last)).toBe(true);
    expect((await read(live)).equals(Buffer.alloc(PAGE))).toBe(true);
    expect(layers.changes(frozen, live)).toEqual([{ start: size - PAGE, end: size, value: 'cleared' }]);
    layers.close();
  });

  it('writes over the border between two of its files', async () => {
    const border = 4 * 2 ** 40;
    const layers = openLayerStore(join(folder, 'layers'));
    const disk = empty(layers, 8 * 2 ** 40);
    const data = Buffer.concat([Buffer.alloc(PAGE, 1), Buffer.alloc(PAGE, 2)]);
    liveLayer(layers, disk).write(border - PAGE, data);
    const read = Buffer.alloc(2 * PAGE);
    await layers.withView(disk, (view) => readView(view, border - PAGE, read));
    expect(read.equals(data)).toBe(true);
    layers.close();
  });

  it('drops a page-map record that a kill cut off, and goes on behind the last whole one', async () => {
    const layers = openLayerStore(folder);
    const disk = empty(layers, SIZE);
    liveLayer(layers, disk).write(0, Buffer.alloc(PAGE, 1));
    layers.close();
    const map = readdirSync(folder).find((name) => name.endsWith('.map')) ?? '';
    writeFileSync(join(folder, map), Buffer.alloc(5, 0xff), { flag: 'a' });
    const reopened = openLayerStore(folder);
    liveLayer(reopened, disk).write(PAGE, Buffer.alloc(PAGE, 2));
    reopened.close();
    const again = openLayerStore(folder);
    expect((await readAll(again, disk)).subarray(0, 3 * PAGE)).toEqual(
      Buffer.concat([Buffer.alloc(PAGE, 1), Buffer.alloc(PAGE, 2), Buffer.alloc(PAGE)]),
    );
    expect(liveLayer(again, disk).runs()).toEqual([{ start: 0, end: 2 * PAGE, value: 'data' }]);
    again.close();
  });

  it('keeps the files of a layer that nobody uses any more until its last reader is done', async () => {
    const layers = openLayerStore(folder);
    const disk = empty(layers, SIZE);
    liveLayer(layers, disk).write(0, Buffer.alloc(PAGE, 1));
    await layers.withView(disk, async (view) => {
      layers.collect(new Set());
      const bytes = Buffer.alloc(PAGE);
      await readView(view, 0, bytes);
      expect(bytes.equals(Buffer.alloc(PAGE, 1))).toBe(true);
    });
    expect(readdirSync(folder)).toEqual([]);
    layers.close();
  });

  it('does not pile up layers when every snapshot is deleted after its backup', async () => {
    const layers = openLayerStore(folder);
    let live = empty(layers, SIZE);
    for (let backup = 0; backup < 20; backup += 1) {
      liveLayer(layers, live).write((backup % PAGES) * PAGE, Buffer.alloc(PAGE, backup + 1));
      live = (await tidy(layers, freeze(layers, live).live, [])).live;
    }
    expect(live.layers.length).toBeLessThanOrEqual(2);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(4);
    expect((await readAll(layers, live)).subarray(0, 20 * PAGE)).toEqual(
      Buffer.concat(Array.from({ length: 20 }, (_, index) => Buffer.alloc(PAGE, index + 1))),
    );
    layers.close();
  });

  it('folds nothing into a layer that somebody reads', async () => {
    const layers = openLayerStore(folder);
    const first = freeze(layers, written(layers, empty(layers, SIZE), 1));
    const second = freeze(layers, written(layers, first.live, 2));
    const [lower = '', upper = ''] = second.frozen.layers;
    await layers.withView(first.frozen, async () => {
      expect(await layers.fold(lower, upper, () => false)).toBe(false);
    });
    expect(await layers.fold(lower, upper, () => false)).toBe(true);
    layers.close();
  });

  it('refuses to read snapshots over an image that was changed under them', async () => {
    const path = join(folder, 'base.img');
    writeFileSync(path, Buffer.alloc(SIZE, 1));
    const image = describeImage(path);
    const layers = openLayerStore(join(folder, 'layers'));
    const disk = grown(layers, { sizeBytes: SIZE, image, layers: [] }, SIZE);
    writeFileSync(path, Buffer.alloc(SIZE + PAGE, 2));
    await expect(layers.withView(disk, async () => undefined)).rejects.toThrow(path);
    layers.close();
  });
});
