/** Filters made at random: nothing that is typed throws, and what is understood means what it says. */
import fc from 'fast-check';
import { test } from 'vitest';
import { isMistake, parseFilter } from '../../src/filter/filter.ts';
import type { FilterRow } from '../../src/filter/row.ts';

const runs = Number(process.env.RETRIAL_PROPERTY_RUNS ?? 300);
const names = { params: ['a.x', 'b.y'], metrics: ['s.m', 's.n@5'] };

/** A condition as text, and what it is of a run by a second, plain reading. */
interface Case {
  readonly text: string;
  readonly is: (run: FilterRow) => boolean;
}
type Read = (run: FilterRow) => number | null;
interface Sum {
  readonly text: string;
  readonly is: Read;
}

const column = fc.constantFrom<Sum>(
  { text: 'a.x', is: ({ params }) => (params['a.x'] as number | undefined) ?? null },
  { text: 'params["b.y"]', is: ({ params }) => (params['b.y'] as number | undefined) ?? null },
  { text: 'metrics.m', is: ({ metrics }) => metrics['s.m'] ?? null },
  { text: 'n@5', is: ({ metrics }) => metrics['s.n@5'] ?? null },
  { text: 'took', is: ({ took }) => took ?? null },
);

const { sum } = fc.letrec<{ sum: Sum }>((tie) => ({
  sum: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    column,
    fc.tuple(tie('sum'), fc.constantFrom('+', '-', '*', '/'), tie('sum')).map(([a, sign, b]) => ({
      text: `(${a.text} ${sign} ${b.text})`,
      is: (run: FilterRow) => counted(sign, a.is(run), b.is(run)),
    })),
    tie('sum').map(({ text, is }) => ({ text: `-${text}`, is: (run: FilterRow) => counted('-', 0, is(run)) })),
  ),
}));

function counted(sign: string, a: number | null, b: number | null): number | null {
  if (a === null || b === null) return null;
  const result = { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[sign] ?? Number.NaN;
  return Number.isFinite(result) ? result : null;
}

const compared = fc.tuple(sum, fc.constantFrom('=', '!=', '<', '<=', '>', '>='), sum).map(
  ([a, sign, b]): Case => ({
    text: `${a.text}${sign}${b.text}`,
    is: (run: FilterRow) => holds(sign, a.is(run), b.is(run)),
  }),
);

function holds(sign: string, a: number | null, b: number | null): boolean {
  if (sign === '=' || sign === '!=') return (a === b) === (sign === '=');
  if (a === null || b === null) return false;
  return { '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b }[sign] ?? false;
}

const { condition } = fc.letrec<{ condition: Case }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    compared,
    tie('condition').map(({ text, is }) => ({ text: `NOT (${text})`, is: (run: FilterRow) => !is(run) })),
    fc
      .tuple(tie('condition'), tie('condition'))
      .map(([a, b]) => ({ text: `(${a.text}) and (${b.text})`, is: (run: FilterRow) => a.is(run) && b.is(run) })),
    fc
      .tuple(tie('condition'), tie('condition'))
      .map(([a, b]) => ({ text: `(${a.text})or(${b.text})`, is: (run: FilterRow) => a.is(run) || b.is(run) })),
  ),
}));

const few = fc.constantFrom(0, 1, 2, -1, 0.5);
const row = fc.record({
  hash: fc.constant('ab'),
  took: fc.option(few),
  params: fc.record({ 'a.x': few, 'b.y': few }, { requiredKeys: [] }),
  metrics: fc.record({ 's.m': fc.option(few), 's.n@5': few }, { requiredKeys: [] }),
});

test('means of a run what a plain reading of it says', () => {
  fc.assert(
    fc.property(condition, fc.array(row, { minLength: 1, maxLength: 5 }), ({ text, is }, rows) => {
      const filter = parseFilter(text, names);
      if (isMistake(filter)) throw new Error(`${text}: ${filter.mistake}`);
      return rows.every((run) => filter.test(run) === is(run));
    }),
    { numRuns: runs },
  );
});

const piece = fc.constantFrom(
  ...['a.x', 'm', 'and', 'or', 'not', 'in', 'contains', 'is', '(', ')', '[', ']', ',', '=', '<', '~', '-', '+', '*'],
  ...[
    '"t"',
    "'",
    '"',
    '1',
    '.5',
    'null',
    'true',
    'params',
    '.',
    '\n',
    '\\',
    '!',
    '…',
    '😀',
    'tags',
    'pinned',
    'x-y',
    '@',
  ],
);

test('whatever is typed is understood, or one mistake with a place in the text', () => {
  const typed = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((pieces) => pieces.join(' ')),
    fc.array(piece).map((p) => p.join('')),
  );
  fc.assert(
    fc.property(typed, row, (text, run) => {
      const found = parseFilter(text, names);
      if (!isMistake(found)) return typeof found.test(run) === 'boolean';
      const length = text.split('\n')[found.line - 1]?.length ?? -1;
      return found.column > 0 && found.column <= length + 1 && found.mistake !== '';
    }),
    { numRuns: runs },
  );
});

test('a name of any characters is reached in brackets, and a text of any is written in quotes', () => {
  const written = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' }), (name, value) => {
      const text = `params[${written(name)}] = ${written(value)}`;
      const found = parseFilter(text, { params: [name], metrics: [] });
      if (isMistake(found)) throw new Error(found.mistake);
      const params = Object.defineProperty({}, name, { value, enumerable: true });
      const others = { hash: '', params: {}, metrics: {} };
      return found.test({ ...others, params }) && !found.test(others);
    }),
    { numRuns: runs },
  );
});
