import fc from 'fast-check';
import { createPageMap } from '../../../../local/compute-emulator/disks/page-map';
import { cover, overlay, type Run } from '../../../../local/compute-emulator/disks/runs';

const LENGTH = 40;

/** Any sorted, disjoint runs, made from one value per position. */
const runs: fc.Arbitrary<Run<number>[]> = fc
  .array(fc.option(fc.nat(2), { nil: undefined }), { minLength: LENGTH, maxLength: LENGTH })
  .map((values) =>
    values.flatMap((value, at) => (value === undefined ? [] : [{ start: at, end: at + 1, value }])),
  );

function valuesOf(list: readonly Run<number>[]): (number | undefined)[] {
  const values: (number | undefined)[] = Array.from({ length: LENGTH });
  for (const { start, end, value } of list) values.fill(value, start, end);
  return values;
}

describe('runs', () => {
  it('overlay lets the upper list win wherever it says something, and melts what touches', () => {
    fc.assert(
      fc.property(runs, runs, (lower, upper) => {
        const result = overlay(lower, upper);
        const above = valuesOf(upper);
        expect(valuesOf(result)).toEqual(valuesOf(lower).map((value, at) => above[at] ?? value));
        for (const [index, run] of result.entries()) {
          const next = result[index + 1];
          expect(run.start).toBeLessThan(run.end);
          if (next !== undefined)
            expect(run.end < next.start || (run.end === next.start && run.value !== next.value)).toBe(true);
        }
      }),
    );
  });

  it('cover leaves no gap in the window', () => {
    fc.assert(
      fc.property(runs, fc.nat(LENGTH), fc.nat(LENGTH), (list, a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const pieces = [...cover(list, start, end)];
        expect(pieces.map((piece) => piece.start)).toEqual(
          [start, ...pieces.map((piece) => piece.end)].slice(0, pieces.length),
        );
        expect(pieces.at(-1)?.end ?? start).toBe(end);
        const values = pieces.flatMap((piece) =>
          Array.from({ length: piece.end - piece.start }, () => piece.value),
        );
        expect(values).toEqual(valuesOf(overlay(list, [])).slice(start, end));
      }),
    );
  });

  it('a page map says of every page what was said last, in whatever order writes come', () => {
    const mark = fc.record({
      start: fc.nat(LENGTH - 1),
      length: fc.integer({ min: 1, max: 8 }),
      isData: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 100, size: 'max' }), (marks) => {
        const map = createPageMap();
        const expected: (string | undefined)[] = Array.from({ length: LENGTH });
        for (const { start, length, isData } of marks) {
          const end = Math.min(LENGTH, start + length);
          map.mark(start, end, isData ? 'data' : 'cleared');
          expected.fill(isData ? 'data' : 'cleared', start, end);
        }
        const actual: (string | undefined)[] = Array.from({ length: LENGTH });
        for (const { start, end, value } of map.runs()) actual.fill(value, start, end);
        expect(actual).toEqual(expected);
      }),
    );
  });
});
