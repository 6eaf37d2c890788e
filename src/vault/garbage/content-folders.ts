/**
 * Prefixes of content that collection may delete. Beside them only the old state of runs goes, and notes of
 * damage.
 */
export const CONTENT_FOLDERS = ['chunks/', 'packs/', 'digests/', 'segments/', 'indexes/'] as const;
