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

/**
 * The text of anything that was thrown. Errors are known by their shape: under Jest
 * they may come from another realm.
 */
export function messageOf(thrown: unknown): string {
  const message = (thrown as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : String(thrown);
}
