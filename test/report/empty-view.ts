import type { View } from '../../src/report/page/view.ts';

/** What a reader has set who has set nothing yet. */
export function emptyView(): View {
  const pairs = new Map<string, string>();
  return {
    get: (key) => pairs.get(key),
    set: (key, value) => (value === undefined ? pairs.delete(key) : pairs.set(key, value)),
  };
}
