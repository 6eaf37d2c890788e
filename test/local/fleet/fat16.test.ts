import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { noise } from '../../../local/fleet/content';
import { formatFat16, openFat16 } from '../../../local/fleet/fat16';
import { readFat16 } from './read-fat16';

const MIB = 1024 * 1024;
const format = (sizeBytes = 17 * MIB) => formatFat16({ sizeBytes, label: 'test', serial: 0x1234abcd });

/** Files by what they hold: byte by byte takes a hundred times as long to compare. */
const digests = (files: Map<string, Buffer>) =>
  new Map([...files].map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')]));

/** What a guest does to its files. */
const actions = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('write' as const),
      path: fc.constantFrom('A.TXT', 'B.TXT', 'LOG/A.LOG', 'LOG/OLD/B.LOG', 'DB/DATA.DB'),
      size: fc.oneof(fc.constantFrom(0, 1, 4095, 4096, 4097), fc.nat(300_000)),
    }),
    fc.record({ do: fc.constant('overwrite' as const), at: fc.nat(), size: fc.nat(10_000) }),
    fc.record({ do: fc.constant('remove' as const), at: fc.nat() }),
  ),
  { maxLength: 25 },
);

describe('a FAT16 volume that we make', () => {
  it('holds just the files that were written, whatever was written, overwritten and removed before', () => {
    fc.assert(
      fc.property(actions, (steps) => {
        const volume = format();
        const model = new Map<string, Buffer>();
        steps.forEach((step, index) => {
          const paths = [...model.keys()];
          const path = step.do === 'write' ? step.path : paths[step.at % paths.length];
          if (path === undefined) return;
          if (step.do === 'write') {
            model.set(path, noise(`${index}`, step.size));
            volume.write(path, model.get(path)!);
          } else if (step.do === 'remove') {
            model.delete(path);
            volume.remove(path);
          } else {
            const before = model.get(path)!;
            const offset = before.length === 0 ? 0 : step.at % before.length;
            const bytes = noise(`over ${index}`, Math.min(step.size, before.length - offset));
            const after = Buffer.from(before);
            after.set(bytes, offset);
            model.set(path, after);
            volume.overwrite(path, offset, bytes);
          }
        });
        expect(digests(readFat16(volume.bytes))).toEqual(digests(model));
      }),
      { numRuns: 40 },
    );
  });

  it('takes more files in one folder than fit its first cluster', () => {
    const volume = format();
    const names = Array.from({ length: 300 }, (_, index) => `LOG/${index}.LOG`);
    for (const name of names) volume.write(name, Buffer.from(name));
    const files = readFat16(volume.bytes);
    expect([...files.keys()].sort()).toEqual([...names].sort());
    expect(files.get('LOG/299.LOG')?.toString()).toBe('LOG/299.LOG');
  });

  it('says so when it is full, and refuses sizes that are no FAT16', () => {
    const volume = format();
    expect(() => volume.write('BIG.BIN', Buffer.alloc(18 * MIB))).toThrow('The volume is full.');
    expect(() => format(8 * MIB)).toThrow('clusters');
    expect(() => format(300 * MIB)).toThrow('clusters');
  });

  it('reads as zeros where a removed file was, as on a guest that trims', () => {
    const empty = Buffer.from(format().bytes);
    const volume = format();
    volume.write('A.BIN', noise('a', MIB));
    volume.remove('A.BIN');
    const entry = volume.bytes.indexOf('\xe5       BIN', 0, 'latin1');
    volume.bytes.fill(0, entry, entry + 32);
    expect(volume.bytes.equals(empty)).toBe(true);
  });

  it('can be opened again and changed', () => {
    const { bytes } = format();
    openFat16(bytes).write('a.txt', Buffer.from('one'));
    openFat16(bytes).overwrite('A.TXT', 1, Buffer.from('x'));
    expect(readFat16(bytes).get('A.TXT')?.toString()).toBe('oxe');
  });

  it.each(['name-too-long.txt', 'a.text', 'sp ace', ''])(
    'refuses the name "%s", which is no 8.3 name',
    (name) => {
      expect(() => format().write(name, Buffer.alloc(1))).toThrow('8.3');
    },
  );
});
