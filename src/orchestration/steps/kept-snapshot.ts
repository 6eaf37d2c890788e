import type { Failure } from '../../failures/failure';

/**
 * Why the kept snapshot of a VM was of no use, as a sentence; Azure's own words only where nobody knows
 * better.
 */
export const whyWithoutSnapshot = ({ code, message }: Pick<Failure, 'code' | 'message'>): string =>
  code === 'SnapshotGone'
    ? 'the kept snapshot is gone from Azure'
    : `the kept snapshot could not be used (${code}: ${message})`;
