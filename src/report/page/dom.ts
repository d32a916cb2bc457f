/** Elements without markup: every text goes in as text, so that no name or value can become an element. */

export type Child = Node | string | null | undefined | false;
type Attributes = Readonly<Record<string, string | boolean | ((event: Event) => void) | undefined>>;

type NameOf<Tag extends string> = Tag extends `${infer Name}.${string}` ? Name : Tag;
type ElementOf<Name extends string> = Name extends keyof HTMLElementTagNameMap
  ? HTMLElementTagNameMap[Name]
  : HTMLElement;

/** `h('button.quiet', { type: 'button', onclick }, 'Copy')`: a tag with classes, attributes, children. */
export function h<Tag extends string>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): ElementOf<NameOf<Tag>> {
  const [name = 'div', ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  return filled(element, attributes, children) as ElementOf<NameOf<Tag>>;
}

/** The same for drawings: `svg('line', { x1: '0', … })`. */
export function svg(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): SVGElement {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function filled<E extends HTMLElement | SVGElement>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    // The page's policy refuses a style attribute, and lets scripts set the same.
    else if (key === 'style') element.style.cssText = String(value);
    else if (value === true) element.setAttribute(key, '');
    else if (typeof value === 'string') element.setAttribute(key, value);
  }
  element.append(
    ...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** A section of the page with its heading. */
export function section(id: string, title: string, note: Child, ...children: readonly Child[]): HTMLElement {
  const head = h(
    'div.section-head',
    {},
    h('h2', { id: `${id}-title`, tabindex: '-1' }, title),
    note === undefined || note === '' ? null : h('p.note', {}, note),
  );
  return h('section', { id, 'aria-labelledby': `${id}-title` }, head, ...children);
}

export function checkbox(text: string, checked: boolean, set: (on: boolean) => void): HTMLElement {
  const input = h('input', { type: 'checkbox', checked });
  input.addEventListener('change', () => set(input.checked));
  return h('label', {}, input, ` ${text}`);
}

/** @param options value → what is read; @param chosen one of the values */
export function choice(
  text: string,
  options: ReadonlyMap<string, string>,
  chosen: string,
  set: (value: string) => void,
): HTMLElement {
  const select = h('select');
  for (const [value, shown] of options) select.append(h('option', { value, selected: value === chosen }, shown));
  select.addEventListener('change', () => set(select.value));
  return h('label', {}, `${text} `, select);
}

/** A table; `numeric` are the columns whose texts end at the same edge. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly Child[])[],
  numeric: readonly number[] = [],
): HTMLElement {
  const cells = (tag: string, row: readonly Child[]) =>
    row.map((child, at) =>
      h(numeric.includes(at) ? `${tag}.number` : tag, tag === 'th' ? { scope: 'col' } : {}, child),
    );
  const body = rows.map((row) => h('tr', {}, ...cells('td', row)));
  const head = headings.length === 0 ? null : h('thead', {}, h('tr', {}, ...cells('th', headings)));
  return h('div.scroll', {}, h('table', {}, head, h('tbody', {}, ...body)));
}

/** What is there for who looks for it. */
export function folded(summary: string, ...content: readonly Child[]): HTMLElement {
  return h('details.folded', {}, h('summary', {}, summary), ...content);
}
