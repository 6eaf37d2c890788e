/**
 * Reads all files of a FAT16 volume, after Microsoft's specification and sharing no code with what writes it.
 * Throws on what a file system check would complain about: cross-linked, lost or short cluster chains, tables
 * that differ.
 */
export function readFat16(volume: Buffer): Map<string, Buffer> {
  const sectorBytes = volume.readUInt16LE(11);
  const clusterBytes = volume.readUInt8(13) * sectorBytes;
  const tables = volume.readUInt8(16);
  const tableBytes = volume.readUInt16LE(22) * sectorBytes;
  const table = volume.readUInt16LE(14) * sectorBytes;
  const root = table + tables * tableBytes;
  const rootBytes = volume.readUInt16LE(17) * 32;
  const data = root + rootBytes;
  const sectors = volume.readUInt16LE(19) || volume.readUInt32LE(32);
  const clusters = Math.floor((sectors * sectorBytes - data) / clusterBytes);
  if (volume.readUInt16LE(510) !== 0xaa55) throw new Error('no boot signature');
  if (sectors * sectorBytes > volume.length) throw new Error('the volume is longer than its image');
  if (clusters < 4085 || clusters > 65_524) throw new Error(`${clusters} clusters make no FAT16`);
  if (!volume.subarray(table, table + tableBytes).equals(volume.subarray(table + tableBytes, root))) {
    throw new Error('the two tables differ');
  }

  const used = new Set<number>();
  const files = new Map<string, Buffer>();
  walk(volume.subarray(root, root + rootBytes), '');
  for (let cluster = 2; cluster < clusters + 2; cluster++) {
    if (next(cluster) !== 0 && !used.has(cluster)) throw new Error(`cluster ${cluster} is lost`);
  }
  return files;

  function next(cluster: number): number {
    return volume.readUInt16LE(table + cluster * 2);
  }

  function contentOf(first: number): Buffer {
    const pieces: Buffer[] = [];
    for (let cluster = first; cluster !== 0 && cluster < 0xfff8; cluster = next(cluster)) {
      if (cluster < 2 || cluster >= clusters + 2) throw new Error(`cluster ${cluster} does not exist`);
      if (used.has(cluster)) throw new Error(`cluster ${cluster} belongs to two files`);
      used.add(cluster);
      const offset = data + (cluster - 2) * clusterBytes;
      pieces.push(volume.subarray(offset, offset + clusterBytes));
    }
    return Buffer.concat(pieces);
  }

  function walk(entries: Buffer, parent: string): void {
    for (let at = 0; at < entries.length && entries[at] !== 0; at += 32) {
      const attributes = entries.readUInt8(at + 11);
      if (entries[at] === 0xe5 || entries[at] === 0x2e || attributes & 0x08) continue;
      const stem = entries.toString('latin1', at, at + 8).trimEnd();
      const extension = entries.toString('latin1', at + 8, at + 11).trimEnd();
      const path = parent + stem + (extension && `.${extension}`);
      const sizeBytes = entries.readUInt32LE(at + 28);
      const content = contentOf(entries.readUInt16LE(at + 26));
      if (attributes & 0x10) walk(content, `${path}/`);
      else if (Math.ceil(sizeBytes / clusterBytes) * clusterBytes !== content.length)
        throw new Error(`${path} is short`);
      else files.set(path, content.subarray(0, sizeBytes));
    }
  }
}
