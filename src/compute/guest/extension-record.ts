import { z } from 'zod';

/** What became of the backup extension on a VM, as the first backup of the running VM found it. */
export const ExtensionRecord = z.strictObject({
  /** `VMSnapshot` on Windows, `VMSnapshotLinux` on Linux. */
  name: z.string(),
  /**
   * `already`: it was there; `installed`: this step installed it; `by-platform`: Azure keeps that to itself
   * and installs it with the first restore point; `skipped-not-running`: a VM that is off gets none.
   */
  installed: z.enum(['already', 'installed', 'by-platform', 'skipped-not-running']),
  version: z.string().optional(),
  /** Why it was left to the platform. */
  reason: z.string().optional(),
});
export type ExtensionRecord = z.output<typeof ExtensionRecord>;
