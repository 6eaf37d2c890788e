/**
 * Waits until all have settled, whatever becomes of them; then throws the first error in their order, if
 * there is one.
 */
export async function allSettledOrThrow(promises: Iterable<unknown>): Promise<void> {
  for (const result of await Promise.allSettled(promises))
    if (result.status === 'rejected') throw result.reason;
}
