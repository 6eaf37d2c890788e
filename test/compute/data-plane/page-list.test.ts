import * as fc from 'fast-check';
import {
  BadPageList,
  normalisePages,
  PAGE_BYTES,
  parsePageList,
} from '../../../src/compute/data-plane/page-list';

const MIB = 2 ** 20;
const whole = { offset: 0, length: 16 * MIB };
const entry = (kind: string, start: number, end: number) =>
  `<${kind}><Start>${start}</Start><End>${end}</End></${kind}>`;
const document = (...entries: string[]) =>
  `<?xml version="1.0" encoding="utf-8"?><PageList>${entries.join('')}</PageList>`;

describe('parsePageList', () => {
  it('reads changed and cleared ranges in the order they came, with the inclusive ends of the service', () => {
    const xml = document(entry('PageRange', 0, 511), entry('ClearRange', 1024, 2047));
    expect(parsePageList(xml).ranges).toEqual([
      { start: 0, end: 512, cleared: false },
      { start: 1024, end: 2048, cleared: true },
    ]);
  });

  it.each([
    ['an empty list', document(), 0],
    ['a self-closed list', '<?xml version="1.0"?><PageList />', 0],
    ['line breaks and blanks', document('\n ', entry('PageRange', 0, 511), '\n'), 1],
  ])('reads %s', (_, xml, count) => {
    expect(parsePageList(xml).ranges).toHaveLength(count);
  });

  it('finds the marker of the next answer', () => {
    expect(parsePageList(`<PageList><NextMarker>abc</NextMarker></PageList>`).nextMarker).toBe('abc');
    expect(parsePageList(`<PageList><NextMarker/></PageList>`).nextMarker).toBeUndefined();
  });

  it.each([
    ['cut off', document(entry('PageRange', 0, 511)).slice(0, -3)],
    ['empty', ''],
    ['of another kind', '<Error><Code>ServerBusy</Code></Error>'],
    ['with an entry that is no number', document('<PageRange><Start>x</Start><End>511</End></PageRange>')],
    ['with a negative number', document('<PageRange><Start>-512</Start><End>511</End></PageRange>')],
    ['with an entry without an end', document('<PageRange><Start>0</Start></PageRange>')],
  ])('refuses a list that is %s', (_, xml) => {
    expect(() => parsePageList(xml)).toThrow(BadPageList);
  });
});

describe('normalisePages', () => {
  const range = (start: number, end: number, cleared = false) => ({ start, end, cleared });

  it('sorts, merges neighbours and overlaps, and leaves out the footer', () => {
    const raw = [
      range(8192, 16 * MIB + 512),
      range(0, 512),
      range(512, 1024),
      range(4096, 9000 - (9000 % 512)),
    ];
    expect(normalisePages(raw, whole, 16 * MIB)).toEqual([
      { offset: 0, length: 1024, cleared: false },
      { offset: 4096, length: 16 * MIB - 4096, cleared: false },
    ]);
  });

  it('reads a page that is listed as changed and as cleared', () => {
    expect(normalisePages([range(0, 4096, true), range(1024, 2048)], whole, 16 * MIB)).toEqual([
      { offset: 0, length: 1024, cleared: true },
      { offset: 1024, length: 1024, cleared: false },
      { offset: 2048, length: 2048, cleared: true },
    ]);
  });

  it.each([
    ['one byte short, as some clients count', range(0, 511)],
    ['not aligned at its start', range(1, 512)],
    ['reversed', range(1024, 512)],
    ['empty', range(512, 512)],
    ['beyond the end of the blob', range(16 * MIB, 16 * MIB + 1024)],
  ])('refuses a list with an entry that is %s', (_, bad) => {
    expect(() => normalisePages([range(0, 512), bad], whole, 16 * MIB)).toThrow(BadPageList);
  });

  it('gives every page the same meaning as a page-by-page reading of the list, whatever its order and overlaps', () => {
    const pages = 64;
    const rawRange = fc
      .tuple(fc.integer({ min: 0, max: pages }), fc.integer({ min: 0, max: pages }), fc.boolean())
      .map(([a, b, cleared]) => range(Math.min(a, b) * 512, (Math.max(a, b) + 1) * 512, cleared));
    const window = fc
      .tuple(fc.integer({ min: 0, max: pages - 1 }), fc.integer({ min: 1, max: pages }))
      .map(([at, length]) => ({ offset: at * PAGE_BYTES, length: length * PAGE_BYTES }));
    void fc.assert(
      fc.property(fc.array(rawRange, { maxLength: 20 }), window, (raw, at) => {
        const meaning = (page: number) => {
          const inside = page * 512 >= at.offset && page * 512 < at.offset + at.length && page < pages;
          const hits = raw.filter(({ start, end }) => inside && page * 512 >= start && page * 512 < end);
          if (hits.length === 0) return 'same';
          return hits.every(({ cleared }) => cleared) ? 'cleared' : 'changed';
        };
        const expected = Array.from({ length: pages }, (_, page) => meaning(page));
        const normal = normalisePages(raw, at, pages * PAGE_BYTES);
        const found = Array.from({ length: pages }, () => 'same');
        let last = -1;
        let lastCleared: boolean | undefined;
        for (const { offset, length, cleared } of normal) {
          expect(offset).toBeGreaterThanOrEqual(last);
          if (offset === last) expect(cleared).not.toBe(lastCleared);
          last = offset + length;
          lastCleared = cleared;
          found.fill(cleared ? 'cleared' : 'changed', offset / 512, last / 512);
        }
        expect(found).toEqual(expected);
      }),
    );
  });
});
