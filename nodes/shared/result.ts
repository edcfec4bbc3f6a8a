/** What comes of work that can fail without being an exception: the value, or why there is none. */
export type Result<T, E> = { ok: true; value: T } | { ok: false; error: E };
