/** Parts of a filter put together, where they make sense together. */
import type { JsonValue } from '../pipeline/types.ts';
import { type Condition, type Expression, isValue, type Value } from './expression.ts';
import { Misread } from './mistake.ts';
import { fieldTypes, isField, type Type } from './row.ts';
import { isName, type Token } from './tokens.ts';

/** A value alone is a condition where it can be true: `pinned`. Throws {@link Misread} elsewhere. */
export function condition(expression: Expression, text: string): Condition {
  if (!isValue(expression)) return expression;
  const type = typeOf(expression);
  if (type === 'truth' || (type === 'any' && expression.kind === 'param')) {
    const { start, end } = expression;
    return { kind: 'equals', left: expression, right: { kind: 'literal', value: true, start, end }, start, end };
  }
  const typed = text.slice(expression.start, expression.end);
  throw new Misread(`${typed} alone is neither true nor false`, expression, `compare it: ${typed} ${example[type]}`);
}

const example: Readonly<Record<Type, string>> = {
  number: '> 0',
  text: '= "…"',
  list: 'contains "…"',
  truth: '= true',
  null: '= null',
  any: '= …',
};

/** Throws {@link Misread} for a condition, and for a value that is known to be of another type. */
export function value(expression: Expression, text: string, wanted: Type = 'any'): Value {
  const typed = text.slice(expression.start, expression.end);
  if (!isValue(expression))
    throw new Misread(`${typed} is true or false, and no value`, expression, 'join conditions by and, or');
  const type = typeOf(expression);
  if (wanted !== 'any' && type !== 'any' && type !== wanted)
    throw new Misread(`${typed} is ${withArticle[type]}, where ${withArticle[wanted]} is needed`, expression);
  return expression;
}

const withArticle: Readonly<Record<Type, string>> = {
  number: 'a number',
  text: 'a text',
  truth: 'true or false',
  list: 'a list',
  null: 'null',
  any: 'a value',
};

/** Throws {@link Misread} where it would be false, or true, of every run. */
export function comparison(operator: Token, first: Expression, second: Expression, text: string): Condition {
  const [left, right] = [value(first, text), value(second, text)];
  const span = { start: left.start, end: right.end };
  if (isConstant(left) && isConstant(right)) throw withoutColumn(left, right);
  switch (operator.value) {
    case 'is':
      if (typeOf(right) !== 'null') throw new Misread('is goes with null alone', operator, 'write =');
      return { kind: 'equals', left, right, ...span };
    case '=':
    case '==':
      expectAlike(left, right, text);
      return { kind: 'equals', left, right, ...span };
    case '!=':
    case '<>':
      expectAlike(left, right, text);
      return { kind: 'not', of: { kind: 'equals', left, right, ...span }, ...span };
    case '<':
    case '<=':
    case '>':
    case '>=':
      expectOrder(left, right, text);
      return { kind: 'order', operator: operator.value, left, right, ...span };
    case 'in':
      return { kind: 'in', left, values: elementsOf(left, right, text), ...span };
    case 'contains':
      if (typeOf(left) !== 'list') value(left, text, 'text');
      return { kind: 'contains', left, right, ...span };
    default:
      return { kind: 'match', left: value(left, text, 'text'), pattern: patternOf(right, text), ...span };
  }
}

function isConstant(of: Value): boolean {
  if (of.kind === 'negative') return isConstant(of.of);
  if (of.kind === 'arithmetic') return isConstant(of.left) && isConstant(of.right);
  return of.kind === 'literal';
}

function withoutColumn(left: Value, right: Value): Misread {
  const message = 'nothing of the run is compared here';
  if (left.kind !== 'literal' || typeof left.value !== 'string')
    return new Misread(message, { start: left.start, end: right.end });
  const bare = isName(left.value) ? left.value : `metrics["${left.value}"] or params["${left.value}"]`;
  return new Misread(message, left, `what is in quotes is a text; as a name it is written ${bare}`);
}

function elementsOf(left: Value, right: Value, text: string): readonly JsonValue[] {
  const values = right.kind === 'literal' && Array.isArray(right.value) ? (right.value as readonly JsonValue[]) : [];
  const type = typeOf(left);
  const other = values.map(typeOfJson).find((found) => !mayEqual(type, found));
  if (other === undefined) return values;
  const typed = text.slice(left.start, left.end);
  throw new Misread(`${typed} is ${withArticle[type]}, and ${withArticle[other]} is in the list`, right);
}

function mayEqual(a: Type, b: Type): boolean {
  return a === b || [a, b].some((type) => type === 'any' || type === 'null');
}

function expectAlike(left: Value, right: Value, text: string): void {
  if (!mayEqual(typeOf(left), typeOf(right))) throw unlike(left, right, text);
}

function expectOrder(left: Value, right: Value, text: string): void {
  for (const side of [left, right])
    if (['truth', 'list', 'null'].includes(typeOf(side)))
      throw new Misread(`${text.slice(side.start, side.end)} is not more or less than anything`, side, 'compare by =');
  expectAlike(left, right, text);
}

function unlike(left: Value, right: Value, text: string): Misread {
  const [a, b] = [left, right].map((side) => text.slice(side.start, side.end));
  const message = `${a} is ${withArticle[typeOf(left)]}, and ${b} is ${withArticle[typeOf(right)]}`;
  const [types, typed] = [[typeOf(left), typeOf(right)], isConstant(right) ? b : a];
  if (types.includes('list')) return new Misread(message, right, 'whether a list has an element: contains');
  if (types.includes('truth')) return new Misread(message, right, 'compare it with true or false');
  const isBare = types[0] === 'text' || types[1] === 'text' ? !/["']/.test(typed ?? '') : false;
  return new Misread(message, right, isBare ? `a text is put in quotes: "${typed}"` : undefined);
}

function patternOf(right: Value, text: string): RegExp {
  if (right.kind !== 'literal' || typeof right.value !== 'string')
    throw new Misread(
      `${text.slice(right.start, right.end)} is no regular expression`,
      right,
      'write one in quotes: "^wgan"',
    );
  try {
    return new RegExp(right.value, 'u');
  } catch (error) {
    throw new Misread((error as Error).message.replace(/^Invalid regular/, 'wrong regular'), right);
  }
}

function typeOf(of: Value): Type {
  switch (of.kind) {
    case 'literal':
      return typeOfJson(of.value);
    case 'field':
      return isField(of.name) ? fieldTypes[of.name] : 'any';
    case 'param':
      return 'any';
    default:
      return 'number';
  }
}

function typeOfJson(json: JsonValue): Type {
  if (json === null) return 'null';
  if (typeof json === 'boolean') return 'truth';
  if (typeof json === 'number') return 'number';
  return typeof json === 'string' ? 'text' : 'list';
}
