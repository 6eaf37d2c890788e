/** Appends little-endian numbers, hashes and bytes to a growing buffer. */
export function byteWriter() {
  let bytes = Buffer.allocUnsafe(16_384);
  let end = 0;
  const room = (length: number) => {
    if (end + length > bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, end + length));
      bytes.copy(larger, 0, 0, end);
      bytes = larger;
    }
    end += length;
    return end - length;
  };
  return {
    u8(value: number) {
      const at = room(1);
      bytes.writeUInt8(value, at);
    },
    u16(value: number) {
      const at = room(2);
      bytes.writeUInt16LE(value, at);
    },
    u32(value: number) {
      const at = room(4);
      bytes.writeUInt32LE(value, at);
    },
    hash(hex: string) {
      const at = room(32);
      bytes.write(hex, at, 'hex');
    },
    result: () => bytes.subarray(0, end),
  };
}

/** Reads what `byteWriter` wrote. Reading past the end calls `fail`, which throws. */
export function byteReader(bytes: Buffer, fail: (detail: string) => never) {
  let at = 0;
  const take = (length: number) => {
    if (at + length > bytes.length) fail(`it ends inside a field at byte ${at}`);
    at += length;
    return at - length;
  };
  return {
    u8: () => bytes.readUInt8(take(1)),
    u16: () => bytes.readUInt16LE(take(2)),
    u32: () => bytes.readUInt32LE(take(4)),
    hash: () => bytes.toString('hex', take(32), at),
    end: () => {
      if (at !== bytes.length) fail(`${bytes.length - at} bytes follow its last field`);
    },
  };
}
