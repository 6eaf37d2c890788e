/** Files by their path on the disk; parts of 8.3 names, so that every file system takes them. */
export type Files = Record<string, Buffer>;

/** What a guest does to its files between two backups. */
export interface GuestWrites {
  /** New files, and files written anew. */
  write?: Files;
  /** Bytes overwritten in place, as a database does. */
  overwrite?: { path: string; offset: number; bytes: Buffer }[];
  /** Files removed, with what they held trimmed. */
  remove?: string[];
}

export interface DiskImage {
  file: string;
  /** A multiple of 512. */
  sizeBytes: number;
  /** Up to 11 letters and digits. */
  label: string;
  /** With a partition table and one partition, or the file system on the whole disk. */
  partitioned: boolean;
}

/** Makes and changes disk images that hold a well-formed file system. */
export interface FileSystemMaker {
  name: string;
  create(image: DiskImage, files: Files): Promise<void>;
  /** Changes the image in place. */
  apply(image: DiskImage, writes: GuestWrites): Promise<void>;
}
