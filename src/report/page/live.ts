/** A page that `retrial serve` gave follows the record: its server tells of each newer comparison, and the page draws it. */
import type { Comparison } from '../comparison.ts';
import { type PackedComparison, unpacked } from '../packed.ts';
import { h } from './dom.ts';
import { onNews } from './news.ts';

const follows = 'Live: follows what is recorded.';
/** While the reader types or pulls, what is there stays, and so long after. */
const restMs = 1500;

/** @param version of the comparison in the page; @param draw the new one, in place of what is there */
export function followServer(version: number, draw: (comparison: Comparison) => void): void {
  let shown = version;
  let wanted = version;
  let isAsking = false;
  const atRest = restOfReader();
  const said = h('p.live', { role: 'status' }, follows);
  document.body.prepend(said);
  const update = async () => {
    if (isAsking || wanted === shown || document.hidden) return;
    isAsking = true;
    await atRest();
    const asked = wanted;
    try {
      const comparison = await newest();
      await atRest(); // that of thousands of runs takes a while to come
      keepingPlace(() => draw(comparison));
      shown = asked;
      said.textContent = `Live: as of ${new Date().toLocaleTimeString()}.`;
    } catch {
      // The stream tells when the server is gone; what is newer comes with its next word.
    } finally {
      isAsking = false;
    }
    if (wanted !== shown && wanted > asked) await update();
  };
  onNews((news) => {
    if (news.kind === 'lost') {
      said.classList.add('is-lost');
      said.textContent = 'The server does not answer: this is how it stood last.';
      return;
    }
    wanted = news.number;
    if (said.classList.contains('is-lost')) said.textContent = follows;
    said.classList.remove('is-lost');
    void update();
  });
  document.addEventListener('visibilitychange', () => void update());
}

async function newest(): Promise<Comparison> {
  const answer = await fetch('comparison.json');
  if (!answer.ok) throw new Error(answer.statusText);
  return unpacked((await answer.json()) as PackedComparison);
}

/** @returns what waits until the reader is not in the middle of something */
function restOfReader(): () => Promise<void> {
  let actedAt = Number.NEGATIVE_INFINITY;
  const acts = (event: Event) => {
    if (event.isTrusted) actedAt = performance.now();
  };
  addEventListener('input', acts, { capture: true });
  const pulls = (event: PointerEvent) => {
    if (event.buttons !== 0) acts(event);
  };
  addEventListener('pointermove', pulls, { capture: true, passive: true });
  const left = () => actedAt + restMs - performance.now();
  return async () => {
    for (let wait = left(); wait > 0; wait = left()) await new Promise((resume) => setTimeout(resume, wait));
  };
}

/** The reader's place, the control that has the focus, what was unfolded, and what is half typed stay. */
function keepingPlace(draw: () => void): void {
  const place = scrollY;
  const focused = describe(document.activeElement);
  const drafts = draftsOf(document.activeElement);
  const open = new Set([...document.querySelectorAll<HTMLDetailsElement>('details[open]')].map(summaryOf));
  draw();
  for (const details of document.querySelectorAll('details')) if (open.has(summaryOf(details))) details.open = true;
  for (const draft of drafts) restore(draft);
  if (focused !== undefined) {
    const element = named(focused.tag, focused.name);
    element?.focus({ preventScroll: true });
    if (element instanceof HTMLInputElement && focused.caret !== undefined) element.setSelectionRange(...focused.caret);
  }
  scrollTo({ top: place, behavior: 'instant' });
}

function summaryOf(details: HTMLDetailsElement): string {
  const section = details.closest('section')?.id ?? '';
  return `${section} ${details.querySelector('summary')?.textContent ?? ''}`;
}

function describe(element: Element | null) {
  if (element === null || !element.matches('input, select, button, summary')) return undefined;
  const name = element.getAttribute('aria-label') ?? element.closest('label')?.textContent ?? element.textContent ?? '';
  return { tag: element.tagName.toLowerCase(), name, caret: caretOf(element) };
}

/** Undefined of what has none, as a field of a number. */
function caretOf(element: Element): [number, number] | undefined {
  if (!(element instanceof HTMLInputElement) || !['text', 'search'].includes(element.type)) return undefined;
  return [element.selectionStart ?? 0, element.selectionEnd ?? 0];
}

function named(tag: string, name: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>(tag)].find((element) => describe(element)?.name === name);
}

interface Draft {
  readonly name: string;
  readonly value: string;
}

/** What is in the fields: the view has only what was understood of it. */
function draftsOf(active: Element | null): Draft[] {
  const fields = [...document.querySelectorAll<HTMLInputElement>('input[type=search], input[type=number]')];
  const typed = fields.filter((field) => field.type === 'search' || field === active);
  return typed.map((field) => ({ name: describe(field)?.name ?? '', value: field.value }));
}

function restore({ name, value }: Draft): void {
  const field = named('input', name);
  if (!(field instanceof HTMLInputElement) || field.value === value) return;
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
