/** A problem that the host can name: what happened and what to do about it. */
export class HostError extends Error {
  override readonly name = 'HostError';
  /** What the reader can do about it, in the imperative. */
  readonly remedy: string;

  constructor(cause: string, remedy: string, options?: ErrorOptions) {
    super(`${cause} ${remedy}`, options);
    this.remedy = remedy;
  }
}

/** SQLITE_FULL ("Result and Error Codes" of SQLite). */
const SQLITE_FULL = 13;

/** Whether there was no room for what had to be written. */
export function isDiskFull(thrown: unknown): boolean {
  const { code, errcode } = (thrown ?? {}) as { code?: unknown; errcode?: unknown };
  return code === 'ENOSPC' || (code === 'ERR_SQLITE_ERROR' && errcode === SQLITE_FULL);
}

/**
 * The text of anything that was thrown. Errors are known by their shape: under Jest
 * they may come from another realm.
 */
export function messageOf(thrown: unknown): string {
  if (isDiskFull(thrown)) return 'There is no room left on the disk that holds the state folder.';
  const message = (thrown as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : String(thrown);
}
