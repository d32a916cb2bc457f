/** Light and dark: as the system has it, until the reader says otherwise. Paper is always light. */
import { h } from './dom.ts';
import { atEnd } from './lifetime.ts';

export interface Theme {
  readonly name: 'light' | 'dark';
  /** Told apart by colour-blind readers; the same as the style sheet's `--series-0` and on. */
  readonly series: readonly string[];
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly font: string;
}

export const seriesColors = 6;

export function currentTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const color = (variable: string) => style.getPropertyValue(variable).trim();
  return {
    name: document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light',
    series: Array.from({ length: seriesColors }, (_, at) => color(`--series-${at}`)),
    ...{ text: color('--text'), muted: color('--muted'), line: color('--line'), surface: color('--surface') },
    font: getComputedStyle(document.body).fontFamily,
  };
}

const listeners = new Set<() => void>();

/** Calls after every change of the theme, until the returned function is called. */
export function onTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function setTheme(name: Theme['name']): void {
  document.documentElement.dataset.theme = name;
  for (const listener of listeners) listener();
}

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
setTheme(systemIsDark.matches ? 'dark' : 'light');
systemIsDark.addEventListener('change', () => setTheme(systemIsDark.matches ? 'dark' : 'light'));

let onScreen: Theme['name'] | undefined;
addEventListener('beforeprint', () => {
  onScreen = currentTheme().name;
  setTheme('light');
});
addEventListener('afterprint', () => {
  if (onScreen !== undefined) setTheme(onScreen);
});

export function themeButton(): HTMLElement {
  const other = () => (currentTheme().name === 'dark' ? 'light' : 'dark');
  const button = h('button.quiet.theme', { type: 'button', onclick: () => setTheme(other()) });
  const show = () => {
    button.textContent = other() === 'dark' ? '☾ Dark' : '☀ Light';
    button.setAttribute('aria-label', `Use the ${other()} theme`);
  };
  atEnd(onTheme(show));
  show();
  return button;
}
