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

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
