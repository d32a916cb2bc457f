/**
 * What the reader has set, as `key=value` pairs in the URL's fragment: a link to a view, and what a reloaded or redrawn
 * page begins with. A panel reads its own keys as it is drawn and tells them when they change; what is as it was at first
 * is not in it.
 */

export interface View {
  get(key: string): string | undefined;
  /** @param value undefined where it is as at first */
  set(key: string, value: string | undefined): void;
}

/** A list of names, of which each may hold any character. What a link has lost on its way is a name of nothing. */
export function listOf(text: string | undefined): string[] | undefined {
  return text?.split(',').filter(Boolean).map(decoded);
}

/** As it is where it was not encoded, or no longer is: links are typed, cut and passed on. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function textOf(list: readonly string[]): string {
  return list.map(encodeURIComponent).join(',');
}
