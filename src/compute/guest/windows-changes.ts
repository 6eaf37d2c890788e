/** What the first backup changes on a Windows VM. */
export interface WindowsState {
  /** Version of the Visual C++ 2013 Redistributable (x64), for example `12.0.40660`; null when it is not installed. */
  vcRedist2013x64: string | null;
  /** Start type of the service VSS. */
  vssStartMode: string | null;
  /** Start type of the service IaasVmProvider; null when there is none. */
  iaasVmProvider: string | null;
}

/** One change, in words of the state. */
export interface WindowsChange {
  what: keyof WindowsState;
  before: string | null;
  after: string | null;
}

/** What differs between two readings, in the order of the state's fields. Pure: orchestrators may call it. */
export function windowsChanges(before: WindowsState, after: WindowsState): WindowsChange[] {
  const fields: (keyof WindowsState)[] = ['vcRedist2013x64', 'vssStartMode', 'iaasVmProvider'];
  return fields
    .filter((what) => before[what] !== after[what])
    .map((what) => ({ what, before: before[what], after: after[what] }));
}
