import { z } from 'zod';
import type { KeptDocument } from './kept-documents';

/**
 * Kept from the moment at which a restore has all that it was to make: from here on it is complete, whatever
 * becomes of its orchestration and its record, and nothing that it made is a leftover.
 */
export const COMPLETED: KeptDocument<{ at: string }> = {
  name: 'completed.json',
  schema: z.strictObject({ at: z.string() }),
};

/**
 * The name of what a restore in place keeps before it changes anything of its VM. While it is there, the swap
 * of the disks may be half-made.
 */
export const REPLACEMENT_NAME = 'replacement.json';
