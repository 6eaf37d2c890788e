import { readAhead } from '../../../nbd/disk/read-ahead';

const MiB = 2 ** 20;
const reads = (ahead: ReturnType<typeof readAhead>, from: number, count: number, step = MiB) =>
  Array.from({ length: count }, (_, k) => ahead({ offset: from + k * step, length: step })).flat();

test('who reads on for a chunk is read ahead for, each chunk once', () => {
  const ahead = readAhead();
  const wanted = reads(ahead, 0, 12);
  expect(wanted).toEqual([1, 2, 3, 4, 5].filter((chunk) => wanted.includes(chunk)));
  expect(new Set(wanted).size).toBe(wanted.length);
  expect(wanted).toContain(5);
});

test('reads that jump about fetch nothing more than they ask for', () => {
  const ahead = readAhead();
  const places = [0, 900, 100, 700, 300, 500, 200, 800, 400, 600];
  expect(places.flatMap((place) => ahead({ offset: place * MiB, length: 4096 }))).toEqual([]);
  // Over and over in one place is no reading on either.
  expect(Array.from({ length: 2000 }, () => ahead({ offset: 0, length: 4096 })).flat()).toEqual([]);
});

test('four readers at four places are each read ahead for', () => {
  const ahead = readAhead();
  const wanted = new Set<number>();
  for (let k = 0; k < 8; k += 1)
    for (const start of [0, 1000, 2000, 3000])
      for (const chunk of ahead({ offset: (start + k) * MiB, length: MiB }))
        wanted.add(Math.floor(chunk / 250));
  expect([...wanted].sort()).toEqual([0, 1, 2, 3]);
});
