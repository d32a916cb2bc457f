/** Elements without markup: every text goes in as text, so that no name or value can become an element. */

export type Child = Node | string | null | undefined | false;
type Attributes = Readonly<Record<string, string | boolean | ((event: Event) => void) | undefined>>;

/** `h('button.quiet', { type: 'button', onclick }, 'Copy')`: a tag with classes, attributes, children. */
export function h(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElement {
  const [name = 'div', ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (typeof value === 'string') element.setAttribute(key, value);
  }
  element.append(
    ...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false),
  );
  return element;
}

export function replaceChildren(element: HTMLElement, ...children: readonly Child[]): void {
  element.replaceChildren(
    ...children.filter((child): child is Node | string => typeof child === 'string' || child instanceof Node),
  );
}

/** A section of the page with its heading. */
export function section(id: string, title: string, note: Child, ...children: readonly Child[]): HTMLElement {
  const head = h(
    'div.section-head',
    {},
    h('h2', { id: `${id}-title` }, title),
    note === undefined || note === '' ? null : h('p.note', {}, note),
  );
  return h('section', { id, 'aria-labelledby': `${id}-title` }, head, ...children);
}

export function copyButton(text: string): HTMLElement {
  const button = h('button.quiet', { type: 'button', 'aria-label': `Copy: ${text}`, onclick: () => copy() }, 'Copy');
  const copy = () => {
    void navigator.clipboard?.writeText(text).then(() => {
      button.textContent = 'Copied';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 1500);
    });
  };
  return button;
}

/** A command to type, with a button that copies it. */
export function command(text: string): HTMLElement {
  return h('div.command', {}, h('code', {}, text), copyButton(text));
}
