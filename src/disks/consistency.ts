import { z } from 'zod';

/** How much at rest the disks of a VM were at a snapshot, the most at rest first. */
export const Consistency = z.enum(['application', 'file-system', 'crash']);
export type Consistency = z.output<typeof Consistency>;
