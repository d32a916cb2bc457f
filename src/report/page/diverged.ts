import { h } from './dom.ts';

/** @param text NaN, or which infinity */
export function diverged(text: string | undefined): HTMLElement {
  const what = text === undefined ? 'diverged' : `diverged (${text})`;
  return h('span.diverged', { title: 'no finite number: never ranked, never best' }, what);
}
