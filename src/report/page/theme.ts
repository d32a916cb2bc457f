/** Light and dark: as the system has it, until the reader says otherwise. */
import { h } from './dom.ts';

/** Okabe and Ito's palette, told apart by colour-blind readers; darker or lighter with the ground. */
const series = {
  light: ['#0072b2', '#d55e00', '#00835f', '#a8558a', '#8a6d00', '#3b8fc4', '#5c5c5c', '#b33a3a'],
  dark: ['#56b4e9', '#f0894a', '#2fc79a', '#d99cc4', '#e0c341', '#8fb8ff', '#b9b9b9', '#ff8f8f'],
} as const;

export interface Theme {
  readonly name: 'light' | 'dark';
  readonly series: readonly string[];
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
}

export function currentTheme(): Theme {
  const name = document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light';
  const style = getComputedStyle(document.documentElement);
  const color = (variable: string) => style.getPropertyValue(variable).trim();
  return {
    ...{ name, series: series[name] },
    ...{ text: color('--text'), muted: color('--muted'), line: color('--line'), surface: color('--surface') },
  };
}

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

function setTheme(name: Theme['name']): void {
  document.documentElement.dataset.theme = name;
}

setTheme(systemIsDark.matches ? 'dark' : 'light');

const listeners: (() => void)[] = [];

/** Charts are drawn anew in the colours of the new theme. */
export function onTheme(listener: () => void): void {
  listeners.push(listener);
}

export function themeButton(): HTMLElement {
  const toggle = () => {
    setTheme(currentTheme().name === 'dark' ? 'light' : 'dark');
    changed();
  };
  const button = h('button.quiet.theme', { type: 'button', onclick: toggle });
  const changed = () => {
    const other = currentTheme().name === 'dark' ? 'light' : 'dark';
    button.textContent = other === 'dark' ? '☾ Dark' : '☀ Light';
    button.setAttribute('aria-label', `Use the ${other} theme`);
    for (const listener of listeners) listener();
  };
  systemIsDark.addEventListener('change', () => {
    setTheme(systemIsDark.matches ? 'dark' : 'light');
    changed();
  });
  changed();
  return button;
}
