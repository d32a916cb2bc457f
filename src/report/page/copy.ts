/** What a reader may want to take along: commands and hashes. */
import { h } from './dom.ts';
import { short } from './format.ts';

/** A command to type, with a button that copies it. */
export function command(text: string): HTMLElement {
  const button = h('button.quiet', { type: 'button', 'aria-label': `Copy: ${text}` }, 'Copy');
  button.addEventListener('click', () => copy(text, button, 'Copy', 'Copied'));
  return h('div.command', {}, h('code', {}, text), button);
}

/** A hash in short; a click copies all of it. */
export function hash(full: string): HTMLElement {
  const button = h('button.hash', { type: 'button', title: full, 'aria-label': `Copy ${full}` }, short(full));
  button.addEventListener('click', () => copy(full, button, short(full), 'copied'.padEnd(12, '\u00a0')));
  return button;
}

/** Where the browser has no clipboard for files, the text is left selected, to be copied by hand. */
function copy(text: string, button: HTMLElement, idle: string, done: string): void {
  const say = () => {
    button.textContent = done;
    setTimeout(() => {
      button.textContent = idle;
    }, 1200);
  };
  const select = () => {
    getSelection()?.selectAllChildren(button.previousElementSibling ?? button);
  };
  if (navigator.clipboard === undefined) select();
  else void navigator.clipboard.writeText(text).then(say, select);
}

/** @returns whether the browser let it */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text);
  }
}

/** Pages from a file have no clipboard in some browsers, and may still copy what is selected. */
function copyOldWay(text: string): boolean {
  const area = h('textarea', { style: 'position:fixed;opacity:0', 'aria-hidden': 'true' });
  area.value = text;
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return isCopied;
}
