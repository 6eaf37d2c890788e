/**
 * A long-running operation of Azure, advanced one poll at a time so that no activity ever sleeps: the
 * orchestrator waits on a durable timer for `retryAfterSeconds`, then calls the same step again with the
 * `token`.
 */
export type Operation<T> =
  | { done: true; result: T }
  | {
      done: false;
      /** Opaque and JSON-safe: how to ask again. Never holds a SAS. */
      token: string;
      /** From the server's `Retry-After`; at least 0. */
      retryAfterSeconds: number;
    };
