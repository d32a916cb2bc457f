/** An expression → a function of a run. Closures, no made code: the page's policy forbids that. */
import type { JsonValue } from '../pipeline/types.ts';
import type { Arithmetic, Condition, Order, Value } from './expression.ts';
import type { FieldName, FilterRow, fieldTypes } from './row.ts';

type Test = (run: FilterRow) => boolean;
/** null is what a run does not have. */
type Read = (run: FilterRow) => JsonValue;

/**
 * What a run does not have is null, and null equals null alone: less, more, `in`, `contains` and `~` are false of it.
 * `!=` and `not in` are the opposite of `=` and `in` in every case.
 */
export function compile(condition: Condition): Test {
  switch (condition.kind) {
    case 'and': {
      const all = condition.of.map(compile);
      return (run) => all.every((test) => test(run));
    }
    case 'or': {
      const any = condition.of.map(compile);
      return (run) => any.some((test) => test(run));
    }
    case 'not': {
      const test = compile(condition.of);
      return (run) => !test(run);
    }
    case 'equals':
      return equality(condition.left, condition.right);
    case 'order':
      return order(condition.operator, reader(condition.left), reader(condition.right));
    case 'in': {
      const tests = condition.values.map((value) => equality(condition.left, literal(value)));
      return (run) => tests.some((test) => test(run));
    }
    case 'contains':
      return containing(reader(condition.left), reader(condition.right));
    default: {
      const [read, { pattern }] = [reader(condition.left), condition];
      return (run) => {
        const value = read(run);
        return typeof value === 'string' && pattern.test(value);
      };
    }
  }
}

const literal = (value: JsonValue): Value => ({ kind: 'literal', value, start: 0, end: 0 });

function reader(value: Value): Read {
  switch (value.kind) {
    case 'literal':
      return () => value.value;
    case 'field': {
      const name = value.name as FieldName;
      return (run) => run[name] ?? null;
    }
    case 'param':
      return ({ params }) => (Object.hasOwn(params, value.name) ? (params[value.name] ?? null) : null);
    case 'metric':
      return ({ metrics }) => (Object.hasOwn(metrics, value.name) ? finite(metrics[value.name]) : null);
    case 'negative': {
      const read = reader(value.of);
      return (run) => calculated('-', 0, read(run));
    }
    default: {
      const [left, right, { operator }] = [reader(value.left), reader(value.right), value];
      return (run) => calculated(operator, left(run), right(run));
    }
  }
}

function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** null of anything but numbers, and where the result is none. */
function calculated(operator: Arithmetic, left: JsonValue, right: JsonValue): number | null {
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  switch (operator) {
    case '+':
      return finite(left + right);
    case '-':
      return finite(left - right);
    case '*':
      return finite(left * right);
    default:
      return finite(left / right);
  }
}

function equality(left: Value, right: Value): Test {
  const [a, b] = [reader(left), reader(right)];
  if (isHash(left)) return (run) => begins(a(run), b(run));
  return isHash(right) ? (run) => begins(b(run), a(run)) : (run) => equal(a(run), b(run));
}

const isHash = (value: Value) => value.kind === 'field' && value.name === ('hash' satisfies keyof typeof fieldTypes);

/** The first digits of a hash mean it, as everywhere. */
function begins(hash: JsonValue, digits: JsonValue): boolean {
  return typeof hash === 'string' && typeof digits === 'string' && digits !== '' && hash.startsWith(digits);
}

function equal(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (!Array.isArray(a) || !Array.isArray(b)) return false;
  return a.length === b.length && a.every((value: JsonValue, i) => equal(value, b[i] as JsonValue));
}

/** Numbers with numbers, texts with texts by their characters; of anything else false. */
function order(operator: Order, left: Read, right: Read): Test {
  const holds = orders[operator];
  return (run) => {
    const [a, b] = [left(run), right(run)];
    if (typeof a === 'number' && typeof b === 'number') return holds(a, b);
    return typeof a === 'string' && typeof b === 'string' && holds(a, b);
  };
}

type Comparable = <T extends number | string>(a: T, b: T) => boolean;
const orders: Readonly<Record<Order, Comparable>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** A text in a text, an element in a list. */
function containing(left: Read, right: Read): Test {
  return (run) => {
    const [whole, part] = [left(run), right(run)];
    if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
    return Array.isArray(whole) && whole.some((value: JsonValue) => equal(value, part));
  };
}
