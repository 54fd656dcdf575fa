/** The values of `source`, of which the next one is already worked on while the caller is busy with the last. */
export async function* prefetched<Value>(
  source: AsyncGenerator<Value, void, undefined>,
): AsyncGenerator<Value, void, undefined> {
  try {
    for (let next = source.next(); ;) {
      const { done, value } = await next;
      if (done) return;
      next = source.next();
      // Told when the caller asks for it; a caller who never does is not to be told elsewhere.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await source.return();
  }
}
