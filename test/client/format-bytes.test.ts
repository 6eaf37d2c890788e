import fc from 'fast-check';
import { formatBytes } from '../../client/format-bytes';

describe('a number of bytes in words', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [4096, '4 KiB'],
    [1023 * 1024, '1 MiB'],
    [49 * 1024 ** 2 + 2560, '49 MiB'],
    [32 * 1024 ** 4, '32 TiB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('is never wider than nine characters, up to the largest disk', () => {
    fc.assert(fc.property(fc.nat({ max: 2 ** 45 }), (bytes) => formatBytes(bytes).length <= 8));
  });
});
