import fc from 'fast-check';
import { type CostInput, delta, firstBackup, monthlyCost } from '../../bench/cost/estimate';
import { parseShare, parseSize } from '../../bench/cost/parse';
import { BLOB_TIERS, PLANS } from '../../bench/cost/prices';

const TIB = 2 ** 40;
const example: CostInput = {
  diskBytes: TIB,
  usedShare: 1,
  churnShare: 0.01,
  compression: 0.5,
  retentionDays: 30,
  tier: 'hot',
};

const inputs: fc.Arbitrary<CostInput> = fc.record({
  diskBytes: fc.integer({ min: 1, max: 64 * 1024 }).map((gib) => gib * 2 ** 30),
  usedShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
  churnShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
  compression: fc.double({ min: 0.1, max: 1, noNaN: true }),
  retentionDays: fc.integer({ min: 1, max: 365 }),
  tier: fc.constantFrom(...(Object.keys(BLOB_TIERS) as (keyof typeof BLOB_TIERS)[])),
});

describe('what backups cost', () => {
  it('counts a full TiB as 262,144 chunks, each looked up and written, and 1,024 segments with their digests', () => {
    const { writes, reads, readBytes, storedBytes } = firstBackup(example);
    expect(writes).toBe(262_144 + 2 * 1024 + 10);
    expect(reads).toBe(262_144 + 15);
    expect([readBytes, storedBytes]).toEqual([TIB, TIB / 2]);
  });

  it('stores the first backup once, and of each later day only what changed', () => {
    expect(monthlyCost(example, 'changed blocks').storedGib).toBeCloseTo(512 + 29 * 5.12, 5);
  });

  it('bills a kept snapshot all month, and one that goes after its transfer for hours', () => {
    expect(monthlyCost(example, 'changed blocks').snapshots).toBeCloseTo((1024 + 10.24) * 0.05, 5);
    expect(monthlyCost(example, 'all data read').snapshots).toBeLessThan(12);
  });

  it('never gets cheaper by more churn, longer retention or worse compression', () => {
    fc.assert(
      fc.property(
        inputs,
        fc.constantFrom('changed blocks' as const, 'all data read' as const),
        (input, mode) => {
          const { total } = monthlyCost(input, mode);
          const worse: CostInput[] = [
            { ...input, churnShare: input.churnShare + 0.1 },
            { ...input, retentionDays: input.retentionDays + 1 },
            { ...input, compression: input.compression * 1.1 },
          ];
          for (const other of worse) {
            for (const plan of Object.keys(PLANS) as (keyof typeof PLANS)[]) {
              expect(monthlyCost(other, mode).total[plan]).toBeGreaterThanOrEqual(total[plan] - 1e-9);
            }
          }
        },
      ),
    );
  });

  it('reads and uploads follow what changed when changed blocks are known', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { readBytes, storedBytes } = delta(input, 'changed blocks');
        expect(readBytes).toBe(input.diskBytes * input.churnShare);
        expect(storedBytes).toBeLessThanOrEqual(readBytes);
        expect(delta(input, 'all data read').readBytes).toBe(input.diskBytes * input.usedShare);
      }),
    );
  });
});

describe('what the command line takes', () => {
  it('reads sizes and shares', () => {
    expect([parseSize('1TiB'), parseSize('1.5 GiB'), parseSize('2GB')]).toEqual([TIB, 1.5 * 2 ** 30, 2e9]);
    expect([parseShare('1%'), parseShare('0.5 %'), parseShare('100%')]).toEqual([0.01, 0.005, 1]);
  });

  it.each(['', '1', '-1GiB', '1XB', 'GiB', '0MiB'])(
    'refuses the size "%s" and says what it wants',
    (text) => {
      expect(() => parseSize(text)).toThrow(/give one such as 512GiB/);
    },
  );

  it.each(['', '1', '101%', '-1%', '%'])('refuses the share "%s" and says what it wants', (text) => {
    expect(() => parseShare(text)).toThrow(/give one such as 1%/);
  });
});
