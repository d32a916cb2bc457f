/**
 * How long what is drawn lasts: a page that is drawn again, as a live one is with every update, first ends the drawing
 * before, so that no listener, observer or chart of it is left.
 */
let current = new AbortController();

/** Of the drawing that is on the page: listeners take it as their `signal`. */
export function lifetime(): AbortSignal {
  return current.signal;
}

/**
 * When the drawing on the page ends.
 * @returns to be called when what is to end has ended before: nothing of it is kept then
 */
export function atEnd(end: () => void): () => void {
  const { signal } = current;
  signal.addEventListener('abort', end, { once: true });
  return () => signal.removeEventListener('abort', end);
}

export function beginAnew(): void {
  current.abort();
  current = new AbortController();
}
