import { z } from 'zod';

/** What the first backup changes on a Windows VM. */
export interface WindowsState {
  /**
   * Version of the Visual C++ 2013 Redistributable (x64), for example `12.0.40660`; null when it is not
   * installed.
   */
  vcRedist2013x64: string | null;
  /** Start type of the service VSS. */
  vssStartMode: string | null;
  /** Start type of the service IaasVmProvider; null when there is none. */
  iaasVmProvider: string | null;
}

/**
 * What the first application-consistent backup changed on a Windows VM, of the three things it may ("About
 * Azure VM backup").
 */
export const WindowsChanges = z.array(
  z.strictObject({
    what: z.enum(['vcRedist2013x64', 'vssStartMode', 'iaasVmProvider']),
    before: z.string().nullable(),
    after: z.string().nullable(),
  }),
);
export type WindowsChanges = z.output<typeof WindowsChanges>;

/** What differs between two readings, in the order of the state's fields. Pure: orchestrators may call it. */
export function windowsChanges(before: WindowsState, after: WindowsState): WindowsChanges {
  const fields: (keyof WindowsState)[] = ['vcRedist2013x64', 'vssStartMode', 'iaasVmProvider'];
  return fields
    .filter((what) => before[what] !== after[what])
    .map((what) => ({ what, before: before[what], after: after[what] }));
}
