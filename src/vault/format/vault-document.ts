import { z } from 'zod';
import { BLOCK_BYTES, CHUNK_BYTES, CHUNKS_PER_SEGMENT } from './geometry';

/** `vault.json`: which format the container holds. Version 1 knows exactly these values. */
export const vaultDocumentSchema = z.strictObject({
  format: z.literal('durable-vm-backup'),
  formatVersion: z.literal(1),
  chunkBytes: z.literal(CHUNK_BYTES),
  blockBytes: z.literal(BLOCK_BYTES),
  segmentChunks: z.literal(CHUNKS_PER_SEGMENT),
  chunkName: z.literal('sha256'),
  codec: z.literal('zstd'),
  encryption: z.literal('none'),
  createdAt: z.iso.datetime(),
});

export type VaultDocument = z.infer<typeof vaultDocumentSchema>;

export const newVaultDocument = (createdAt: string): VaultDocument => ({
  format: 'durable-vm-backup',
  formatVersion: 1,
  chunkBytes: CHUNK_BYTES,
  blockBytes: BLOCK_BYTES,
  segmentChunks: CHUNKS_PER_SEGMENT,
  chunkName: 'sha256',
  codec: 'zstd',
  encryption: 'none',
  createdAt,
});
