/** A page that `retrial serve` gave follows the record: its server tells of each newer comparison, and the page draws it. */
import type { Comparison } from '../comparison.ts';
import { type PackedComparison, unpacked } from '../packed.ts';
import { h } from './dom.ts';

/** While the reader types, what is there stays. */
const typingMs = 1500;

/** @param version of the comparison in the page; @param draw the new one, in place of what is there */
export function followServer(version: number, draw: (comparison: Comparison) => void): void {
  let shown = version;
  let wanted = version;
  let isAsking = false;
  let typedAt = Number.NEGATIVE_INFINITY;
  addEventListener('input', () => {
    typedAt = performance.now();
  });
  const said = h('p.live', { role: 'status' }, 'Live: follows what is recorded.');
  document.body.prepend(said);
  const update = async () => {
    if (isAsking || wanted === shown || document.hidden) return;
    const wait = typedAt + typingMs - performance.now();
    isAsking = true;
    if (wait > 0) await new Promise((resume) => setTimeout(resume, wait));
    const asked = wanted;
    try {
      const comparison = await newest();
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
  const events = new EventSource('events');
  events.addEventListener('message', ({ data }) => {
    wanted = Number(data);
    said.classList.remove('is-lost');
    void update();
  });
  events.addEventListener('error', () => {
    said.classList.add('is-lost');
    said.textContent = 'The server does not answer: this is how it stood last.';
  });
  document.addEventListener('visibilitychange', () => void update());
}

async function newest(): Promise<Comparison> {
  const answer = await fetch('comparison.json');
  if (!answer.ok) throw new Error(answer.statusText);
  return unpacked((await answer.json()) as PackedComparison);
}

/** The reader's place, the control that has the focus, and what was unfolded stay. */
function keepingPlace(draw: () => void): void {
  const place = scrollY;
  const focused = describe(document.activeElement);
  const open = new Set([...document.querySelectorAll<HTMLDetailsElement>('details[open]')].map(summaryOf));
  draw();
  for (const details of document.querySelectorAll('details')) if (open.has(summaryOf(details))) details.open = true;
  if (focused !== undefined)
    [...document.querySelectorAll<HTMLElement>(focused.tag)]
      .find((element) => describe(element)?.name === focused.name)
      ?.focus({ preventScroll: true });
  scrollTo({ top: place, behavior: 'instant' });
}

function summaryOf(details: HTMLDetailsElement): string {
  const section = details.closest('section')?.id ?? '';
  return `${section} ${details.querySelector('summary')?.textContent ?? ''}`;
}

function describe(element: Element | null) {
  if (element === null || !element.matches('input, select, button, summary')) return undefined;
  const name = element.getAttribute('aria-label') ?? element.closest('label')?.textContent ?? element.textContent ?? '';
  return { tag: element.tagName.toLowerCase(), name };
}
