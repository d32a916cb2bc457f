/** What opens below its name, and closes by a click elsewhere or by Escape. */
import { h } from './dom.ts';
import { lifetime } from './lifetime.ts';

/** @param tag with classes that tell it from others */
export function dropDown(title: string, content: HTMLElement, tag: `details.${string}` = 'details.chooser') {
  const element = h(tag, {}, h('summary', {}, title), content);
  const closeOutside = ({ target }: Event) => {
    if (target instanceof Node && !element.contains(target)) element.open = false;
  };
  document.addEventListener('click', closeOutside, { signal: lifetime() });
  element.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    element.open = false;
    element.querySelector('summary')?.focus();
  });
  return element;
}
