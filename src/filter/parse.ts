/**
 * The text of a filter → its expression. By descent, a function a level: and the loosest, then not, comparisons, sums,
 * products. Written out as no parser of expressions at hand (jsep, filtrex) tells where each part is, knows `not in`, or
 * does without making code of texts, which the page's policy forbids.
 */
import { comparison, condition, value } from './checked.ts';
import type { Arithmetic, Condition, Expression, Value } from './expression.ts';
import { Misread } from './mistake.ts';
import type { FilterNames } from './names.ts';
import { column } from './read-column.ts';
import { TokenReader } from './token-reader.ts';
import { wordOfOthers } from './tokens.ts';

const comparisons = ['=', '==', '!=', '<>', '<', '<=', '>', '>=', '~', 'contains', 'in', 'is'] as const;

/** Throws {@link Misread}. */
export function parse(text: string, names: FilterNames): Condition {
  const tokens = new TokenReader(text);
  if (tokens.next.kind === 'end') throw new Misread('the filter is empty', tokens.next);
  const found = condition(either(tokens, names), text);
  if (!tokens.isAtEnd) throw unexpected(tokens);
  return found;
}

function unexpected({ next, text }: TokenReader, hint = 'conditions are joined by and, or'): Misread {
  if (next.kind === 'end') return new Misread('something is missing here', next);
  const typed = text.slice(next.start, next.end);
  if (next.kind === 'sign') return new Misread(`${typed} is not expected here`, next);
  return new Misread(`${typed} is not expected here`, next, hint);
}

function either(tokens: TokenReader, names: FilterNames): Expression {
  return joined('or', tokens, () => joined('and', tokens, () => negation(tokens, names)));
}

/** One or several conditions with `word` between them. */
function joined(word: 'and' | 'or', tokens: TokenReader, read: () => Expression): Expression {
  const first = read();
  if (!tokens.isNext(word)) return first;
  const of = [condition(first, tokens.text)];
  while (tokens.takeIf(word)) of.push(condition(read(), tokens.text));
  return { kind: word, of, start: first.start, end: of.at(-1)?.end ?? first.end };
}

function negation(tokens: TokenReader, names: FilterNames): Expression {
  const word = tokens.takeIf('not');
  if (word === undefined) return compared(tokens, names);
  const of = condition(
    tokens.deeper(() => negation(tokens, names)),
    tokens.text,
  );
  return { kind: 'not', of, start: word.start, end: of.end };
}

function compared(tokens: TokenReader, names: FilterNames): Expression {
  const left = sum(tokens, names);
  const { next, afterNext } = tokens;
  const turned = next.value === 'not' && ['in', 'contains', '~'].includes(String(afterNext.value)) && tokens.take();
  const operator = tokens.takeIf(...comparisons);
  if (operator === undefined) {
    const hint = wordOfOthers(String(tokens.next.value));
    if (hint !== undefined && tokens.next.kind === 'name') throw unexpected(tokens, hint);
    return left;
  }
  const isNot = Boolean(turned) || (operator.value === 'is' && tokens.takeIf('not') !== undefined);
  const right = operator.value === 'in' ? list(tokens) : sum(tokens, names, true);
  const found = comparison(operator, left, right, tokens.text);
  if (tokens.isNext(...comparisons))
    throw new Misread('one comparison at a time', tokens.next, 'write a < b and b < c in the place of a < b < c');
  return isNot ? { ...found, kind: 'not', of: found } : found;
}

/** @param isRight behind a comparison, where an unknown name is mostly a text without its quotes */
function sum(tokens: TokenReader, names: FilterNames, isRight = false): Expression {
  return chain(tokens, ['+', '-'], () => chain(tokens, ['*', '/'], () => signed(tokens, names, isRight)));
}

function chain(tokens: TokenReader, signs: readonly Arithmetic[], read: () => Expression): Expression {
  let left = read();
  for (let count = 0; ; count++) {
    const operator = tokens.takeIf(...signs);
    if (operator === undefined) return left;
    if (count > 100) throw new Misread('more than 100 terms', operator);
    left = arithmetic(operator.value, left, read(), tokens.text);
  }
}

function arithmetic(operator: Arithmetic, left: Expression, right: Expression, text: string): Value {
  const [a, b] = [value(left, text, 'number'), value(right, text, 'number')];
  return { kind: 'arithmetic', operator, left: a, right: b, start: a.start, end: b.end };
}

function signed(tokens: TokenReader, names: FilterNames, isRight: boolean): Expression {
  const sign = tokens.takeIf('-');
  if (sign === undefined) return primary(tokens, names, isRight);
  const of = value(
    tokens.deeper(() => signed(tokens, names, isRight)),
    tokens.text,
    'number',
  );
  const span = { start: sign.start, end: of.end };
  if (of.kind === 'literal') return { kind: 'literal', value: -Number(of.value), ...span };
  return { kind: 'negative', of, ...span };
}

function primary(tokens: TokenReader, names: FilterNames, isRight: boolean): Expression {
  const { next } = tokens;
  if (next.kind === 'name') return column(tokens, names, isRight);
  if (tokens.isNext('[')) return list(tokens);
  if (tokens.isNext('(')) {
    const opened = tokens.take();
    const inner = tokens.deeper(() => either(tokens, names));
    const closed = tokens.expect(')', opened);
    return { ...inner, start: opened.start, end: closed.end };
  }
  return literal(tokens);
}

const constants = { true: true, false: false, null: null } as const;

function literal(tokens: TokenReader): Value & { kind: 'literal' } {
  const { next } = tokens;
  const span = { start: next.start, end: next.end };
  const word = tokens.takeIf('true', 'false', 'null');
  if (word !== undefined) return { kind: 'literal', value: constants[word.value], ...span };
  if (next.kind !== 'number' && next.kind !== 'text') throw unexpected(tokens);
  tokens.take();
  return { kind: 'literal', value: next.value, ...span };
}

/** `["a", "b"]`, or in round brackets as in SQL. */
function list(tokens: TokenReader): Value & { kind: 'literal' } {
  const opened = tokens.takeIf('[', '(');
  if (opened === undefined) throw new Misread('a list is missing here', tokens.next, 'write in ["a", "b"]');
  const closing = opened.value === '[' ? ']' : ')';
  const values = [];
  while (!tokens.isNext(closing)) {
    if (values.length > 0 && !tokens.takeIf(',')) tokens.expect(closing, opened);
    values.push(element(tokens));
  }
  return { kind: 'literal', value: values, start: opened.start, end: tokens.take().end };
}

function element(tokens: TokenReader) {
  const minus = tokens.takeIf('-');
  const { next } = tokens;
  if (next.kind === 'name') {
    const typed = tokens.text.slice(next.start, next.end);
    throw new Misread('a list holds numbers and texts', next, `a text is put in quotes: "${typed}"`);
  }
  const { value: found } = tokens.isNext('[') ? tokens.deeper(() => list(tokens)) : literal(tokens);
  if (minus === undefined) return found;
  if (typeof found !== 'number') throw new Misread('only a number has a sign', minus);
  return -found;
}
