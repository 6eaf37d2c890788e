/** How long the storage may keep its client waiting; the SDK itself waits for ever. In ms. */
export interface Patience {
  /** Until an answer begins, over all tries of the SDK and the waits between them. */
  answerMs: number;
  /** While nothing of a body comes. */
  idleMs: number;
}

export const USUAL_PATIENCE: Patience = { answerMs: 300_000, idleMs: 60_000 };

/** Makes a request with a signal that breaks it off when it takes too long, or when `signal` says so. */
export type Answered = <T>(
  request: (abortSignal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>;

/** Requests that are given up, with `ETIMEDOUT` as a socket would, when no answer begins in time. */
export function patient({ answerMs }: Patience): Answered {
  return async (request, signal) => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), answerMs);
    try {
      return await request(signal ? AbortSignal.any([signal, late.signal]) : late.signal);
    } catch (error) {
      if (!late.signal.aborted || signal?.aborted) throw error;
      const said = `no answer came within ${answerMs / 1000} seconds`;
      throw Object.assign(new Error(said, { cause: error }), { code: 'ETIMEDOUT' });
    } finally {
      clearTimeout(timer);
    }
  };
}
