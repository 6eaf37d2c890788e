export interface CpioEntry {
  name: string;
  /** With the kind of file: 0o100644 for a file, 0o040755 for a folder. */
  mode: number;
  content: Buffer;
}

/** An archive in the "new ASCII" form that Linux takes as its first file system. */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const end = { name: 'TRAILER!!!', mode: 0, content: Buffer.alloc(0) };
  return Buffer.concat([...entries, end].map((entry, at) => entryBytes(entry, at + 1)));
}

function entryBytes({ name, mode, content }: CpioEntry, inode: number): Buffer {
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
  return Buffer.concat([padded(Buffer.from(head, 'latin1')), padded(content)]);
}

const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
