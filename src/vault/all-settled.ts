/** Waits until all have settled, whatever becomes of them; then their values, or the first error in their order is thrown. */
export async function allSettledOrThrow<T>(promises: Iterable<T | Promise<T>>): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value as T;
  });
}
