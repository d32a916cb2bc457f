/** The view of the page's own URL. */
import type { View } from './view.ts';

/** @param changed after the fragment was changed by someone else: a link was followed, or the reader typed */
export function viewOfFragment(changed: () => void): View {
  let pairs = new URLSearchParams(location.hash.slice(1));
  addEventListener('hashchange', () => {
    if (location.hash.slice(1) === pairs.toString()) return;
    pairs = new URLSearchParams(location.hash.slice(1));
    changed();
  });
  return {
    get: (key) => pairs.get(key) ?? undefined,
    set: (key, value) => {
      if ((pairs.get(key) ?? undefined) === value) return;
      if (value === undefined) pairs.delete(key);
      else pairs.set(key, value);
      // A fragment alone is a link to a place: replaced, so that going back leaves the page.
      location.replace(`#${pairs.toString()}`);
    },
  };
}
