import * as fc from 'fast-check';
import { nonZeroRuns } from '../../src/disks/non-zero-runs';

const GRAIN = 64 * 1024;

describe('nonZeroRuns', () => {
  it('finds nothing in zeros', () => {
    expect(nonZeroRuns(Buffer.alloc(10 * GRAIN + 512), 4 * GRAIN)).toEqual([]);
  });

  it('covers every byte that is not zero, once, in order, and never more than the limit at once', () => {
    const grains = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });
    void fc.assert(
      fc.property(
        grains,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 3 }),
        (filled, limit, tail) => {
          const bytes = Buffer.alloc(filled.length * GRAIN + tail * 512);
          filled.forEach((full, index) => {
            if (full) bytes[index * GRAIN + (index % GRAIN)] = 1;
          });
          if (tail) bytes[bytes.length - 1] = 1;
          const rebuilt = Buffer.alloc(bytes.length);
          let last = 0;
          for (const { offset, length } of nonZeroRuns(bytes, limit * GRAIN)) {
            expect(offset).toBeGreaterThanOrEqual(last);
            expect(length).toBeLessThanOrEqual(limit * GRAIN);
            last = offset + length;
            bytes.copy(rebuilt, offset, offset, last);
          }
          expect(rebuilt.equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});
