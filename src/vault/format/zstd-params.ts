import { constants } from 'node:zlib';

/** Level 1: 850 MiB/s a thread at nearly level 3's ratio; uploads, not ratio, bound a backup. */
export const COMPRESS_PARAMS = { [constants.ZSTD_c_compressionLevel]: 1 };

/** Windows of at most 8 MiB: a hostile frame cannot ask the decoder for more memory. */
export const DECOMPRESS_PARAMS = { [constants.ZSTD_d_windowLogMax]: 23 };
