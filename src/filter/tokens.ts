/** The text of a filter → its words, numbers, texts and signs. */
import { Misread, type Span } from './mistake.ts';

export type Token = Span &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'text'; readonly value: string }
    /** `model.loss`, `ndcg@10`. */
    | { readonly kind: 'name'; readonly value: string }
    /** Lower case, however it was typed. */
    | { readonly kind: 'word'; readonly value: string }
    | { readonly kind: 'sign'; readonly value: string }
    | { readonly kind: 'end'; readonly value: '' }
  );

const words = new Set(['and', 'or', 'not', 'in', 'contains', 'is', 'true', 'false', 'null']);

/** Words and signs of other languages, and what they are called here. */
const elsewhere: Readonly<Record<string, string>> = {
  '&&': 'write and',
  '||': 'write or',
  '!': 'write not',
  '!~': 'write not (… ~ "…")',
  '===': 'write =',
  '!==': 'write !=',
  '`': 'a text is put in double or single quotes',
  like: 'write contains "…", or ~ "…" for a regular expression',
  glob: 'write contains "…", or ~ "…" for a regular expression',
  between: 'write x >= 1 and x <= 2',
  none: 'what is missing is null',
  undefined: 'what is missing is null',
};

const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
/** A quote in a text is written twice, or behind a backslash; any other backslash is one, as regular expressions want it. */
const quoted = /"((?:[^"\\]|\\[\s\S]|"")*)"|'((?:[^'\\]|\\[\s\S]|'')*)'/y;
const name = /[\p{L}_][\p{L}\p{N}_@]*(?:\.[\p{L}\p{N}_@]+)*/uy;
const sign = /&&|\|\||===|!==|!~|==|!=|<>|<=|>=|[<>=~+\-*/()[\],!`]/y;
/** What was probably meant as one text: `wgan-gp`, `2026-11-01`. */
const bareWord = /[\p{L}\p{N}_@.:-]+/uy;

/** Ends with a token of kind `end`. Throws {@link Misread}. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at = skipSpace(text, at);
    if (at >= text.length) return [...tokens, { kind: 'end', value: '', start: text.length, end: text.length }];
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
}

/** The bare word around which somebody forgot the quotes. */
export function wordAt(text: string, start: number): Span & { readonly word: string } {
  const word = matchAt(bareWord, text, start)?.[0] ?? text.slice(start, start + 1);
  return { word, start, end: start + word.length };
}

function tokenAt(text: string, start: number): Token {
  const char = text[start] ?? '';
  if (char === '"' || char === "'") return textAt(text, start);
  const digits = matchAt(number, text, start)?.[0];
  if (digits !== undefined) return numberAt(text, start, digits);
  const typed = matchAt(name, text, start)?.[0];
  if (typed !== undefined) return nameOrWord(typed, { start, end: start + typed.length });
  const found = matchAt(sign, text, start)?.[0];
  const span = { start, end: start + (found ?? char).length };
  const hint = elsewhere[found ?? ''];
  if (found === undefined || hint !== undefined)
    throw new Misread(`${found ?? char} means nothing here`, span, hint ?? 'a text is put in quotes: "…"');
  return { kind: 'sign', value: found, ...span };
}

function nameOrWord(typed: string, span: Span): Token {
  const lower = typed.toLowerCase();
  if (words.has(lower)) return { kind: 'word', value: lower, ...span };
  return { kind: 'name', value: typed, ...span };
}

/** Whether it is read as one name without brackets. */
export function isName(text: string): boolean {
  return matchAt(name, text, 0)?.[0] === text && !words.has(text.toLowerCase());
}

/** What to write in the place of a word that other languages have. */
export function wordOfOthers(typed: string): string | undefined {
  const lower = typed.toLowerCase();
  return Object.hasOwn(elsewhere, lower) ? elsewhere[lower] : undefined;
}

function numberAt(text: string, start: number, digits: string): Token {
  const whole = wordAt(text, start);
  if (/[\p{L}_@]/u.test(text[start + digits.length] ?? ''))
    throw new Misread(`${whole.word} is no number`, whole, `a text is put in quotes: "${whole.word}"`);
  return { kind: 'number', value: Number(digits), start, end: start + digits.length };
}

function textAt(text: string, start: number): Token {
  const quote = text[start] ?? '';
  const [all, double, single] = matchAt(quoted, text, start) ?? [];
  if (all === undefined)
    throw new Misread('this text has no end', { start, end: text.length }, `a closing ${quote} is missing`);
  const value = (double ?? single ?? '').replaceAll(`${quote}${quote}`, quote).replaceAll(/\\(["'\\])/g, '$1');
  return { kind: 'text', value, start, end: start + all.length };
}

function skipSpace(text: string, at: number): number {
  return at + (matchAt(/\s*/y, text, at)?.[0].length ?? 0);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
