import fc from 'fast-check';
import { damageTags } from '../../src/restore/damage-tags';

const JOB = '20260301t020000z-restore-web-1-abcdef';

test('the tags of a disk tell the sum, and every range as its offset and length', () => {
  expect(
    damageTags(JOB, [
      { offset: 8192, length: 4096 },
      { offset: 12_288, length: 512 },
      { offset: 1_000_448, length: 4096 },
    ]),
  ).toEqual({
    'durable-vm-backup-zeros': `8704 bytes in 2 ranges: GET /api/jobs/${JOB}/damage`,
    'durable-vm-backup-zeros-1': '8192+4608 1000448+4096',
  });
});

test('however many ranges there are, Azure takes the tags, no range is cut, and what is left out is counted', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 1, maxLength: 600 });
  fc.assert(
    fc.property(gaps, (lengths) => {
      let offset = 0;
      const ranges = lengths.map((length) => {
        const range = { offset, length };
        offset += length * 2;
        return range;
      });
      const { 'durable-vm-backup-zeros': sum = '', ...tags } = damageTags(JOB, ranges);
      const values = Object.values(tags);
      expect(values.length).toBeLessThan(40);
      for (const value of [sum, ...values]) expect(value.length).toBeLessThanOrEqual(256);
      const told = values.flatMap((value) => value.split(' '));
      expect(told).toEqual(ranges.slice(0, told.length).map(({ offset: at, length }) => `${at}+${length}`));
      const left = Number(/\((\d+) ranges/.exec(sum)?.[1] ?? 0);
      expect(told.length + left).toBe(ranges.length);
    }),
  );
});
