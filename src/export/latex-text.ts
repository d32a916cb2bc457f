/** Text and numbers as LaTeX sets them. */
import type { JsonValue } from '../pipeline/types.ts';

const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  _: '\\_',
  '%': '\\%',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '{\\char34}',
  // Two of a kind would be set as one sign.
  "'": "'{}",
  '`': '`{}',
  // Behind the \\ of a row they would be its options.
  '[': '{[}',
  ']': '{]}',
  '*': '{*}',
};

/** A user's text, in which nothing is a command: each character stands for itself, and dashes stay apart. */
export function latexText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: LaTeX refuses them
  const plain = text.replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ');
  const set = plain.replaceAll(/[\\{}$&#_%~^<>|"'`[\]*]/g, (character) => special[character] ?? character);
  return set.replaceAll(/-(?=-)/g, '-{}');
}

/** A value of a param: numbers with all their digits, in math mode. */
export function latexValue(value: JsonValue): string {
  if (typeof value !== 'number') return latexText(typeof value === 'string' ? value : JSON.stringify(value));
  const [digits = '', exponent] = String(value).split('e');
  return exponent === undefined ? `$${digits}$` : `$${digits} \\times 10^{${Number(exponent)}}$`;
}

/** In math mode, with so many digits behind the point; what is very large or small by a power of ten. */
export function latexNumber(value: number, decimals: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4)) {
    const [digits = '', exponent = ''] = value.toExponential(2).split('e');
    return `${digits} \\times 10^{${Number(exponent)}}`;
  }
  return value.toFixed(decimals);
}

/**
 * Digits behind the point for a column: two of the narrowest interval, or four of the largest number where there is
 * none. More would be noise, fewer would hide what differs.
 */
export function decimalsOf(values: readonly number[], halfWidths: readonly number[]): number {
  const narrowest = Math.min(...halfWidths.filter((half) => half > 0));
  const largest = Math.max(...values.map(Math.abs));
  const [number, digits] = Number.isFinite(narrowest) ? [narrowest, 2] : [largest, 4];
  if (!(number > 0) || !Number.isFinite(number)) return 0;
  return Math.min(6, Math.max(0, digits - 1 - Math.floor(Math.log10(number))));
}
