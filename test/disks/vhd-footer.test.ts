import { diskGeometry, vhdFooter } from '../../src/disks/vhd-footer';

const GIB = 2 ** 30;

describe('vhdFooter', () => {
  const footer = vhdFooter(GIB, '/subscriptions/s/disks/one');

  it('is what the specification of fixed disks demands, byte by byte', () => {
    expect(footer).toHaveLength(512);
    expect(footer.toString('latin1', 0, 8)).toBe('conectix');
    expect(footer.readUInt32BE(8)).toBe(2);
    expect(footer.readUInt32BE(12)).toBe(0x10000);
    expect(footer.readBigUInt64BE(16)).toBe(0xffffffffffffffffn);
    expect(footer.readBigUInt64BE(40)).toBe(BigInt(GIB));
    expect(footer.readBigUInt64BE(48)).toBe(BigInt(GIB));
    expect(footer.readUInt32BE(60)).toBe(2);
    expect(footer.readUInt8(84)).toBe(0);
    expect(footer.subarray(85).every((byte) => byte === 0)).toBe(true);
  });

  it('carries the one’s complement of the sum of all its other bytes', () => {
    const copy = Buffer.from(footer);
    copy.fill(0, 64, 68);
    const sum = copy.reduce((total, byte) => total + byte, 0);
    expect(footer.readUInt32BE(64)).toBe(~sum >>> 0);
  });

  it('is the same when it is written twice, and another one for another disk', () => {
    expect(vhdFooter(GIB, '/SUBSCRIPTIONS/s/disks/one')).toEqual(footer);
    expect(vhdFooter(GIB, '/subscriptions/s/disks/two')).not.toEqual(footer);
  });
});

describe('diskGeometry', () => {
  // Worked out by hand with the formula in the specification's appendix, one size for each of its branches.
  it.each([
    [GIB, { cylinders: 2080, heads: 16, sectors: 63 }],
    [127 * GIB, { cylinders: 65278, heads: 16, sectors: 255 }],
    [4 * 2 ** 40, { cylinders: 65535, heads: 16, sectors: 255 }],
    [20 * 2 ** 20, { cylinders: 602, heads: 4, sectors: 17 }],
    [200 * 2 ** 20, { cylinders: 825, heads: 16, sectors: 31 }],
  ])('of %d bytes', (sizeBytes, expected) => {
    expect(diskGeometry(sizeBytes)).toEqual(expected);
  });
});
