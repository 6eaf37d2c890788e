/**
 * Prefixes of content that collection may delete. Beside them only the old state of runs goes, and notes of
 * damage.
 */
export const CONTENT_FOLDERS = ['chunks/', 'packs/', 'digests/', 'segments/', 'indexes/'] as const;

/** A folder of content, as in the names of its blobs. */
export type ContentFolder = (typeof CONTENT_FOLDERS)[number];
