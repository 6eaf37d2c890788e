import { zstdByHandle } from './zstd-handle';
import { type ZstdInto, zstdByFunctions } from './zstd-into';

/** The swiftest that this Node offers. */
export const zstd: ZstdInto = zstdByHandle ?? zstdByFunctions;
