import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ComparedRun } from '../../src/report/comparison.ts';
import { packed, unpacked } from '../../src/report/packed.ts';
import { shortHash, wholeHash } from '../../src/report/short-hashes.ts';
import { comparison, runOf, study } from './fixture.ts';

const sent = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

test('what is unpacked is what was packed', () => {
  for (const one of [study(), comparison([]), comparison([runOf(0, {}, null)])])
    expect(unpacked(sent(packed(one)))).toEqual(sent(one));
});

test('whatever runs have in common or not, each gets its own back', () => {
  const name = fc.constantFrom('a', 'b.c', '__proto__', 'constructor', '</script>');
  const dictionary = <Value>(value: fc.Arbitrary<Value>) => fc.dictionary(name, value, { noNullPrototype: true });
  const params = dictionary(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.jsonValue()));
  const value = fc.oneof(
    fc.record({ value: fc.integer(), group: fc.constantFrom('x', 'y') }),
    fc.record({ value: fc.constant(null), text: fc.constantFrom('NaN', 'Infinity'), group: fc.constant('x') }),
  );
  const points = fc.record({ steps: fc.array(fc.nat()), values: fc.array(fc.option(fc.integer())), points: fc.nat() });
  const parts = fc.record({ params, metrics: dictionary(value), series: dictionary(points) });
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 6 }), (all) => {
      const runs = all.map((part, at) => runOf(at, {}, 0, part as Partial<ComparedRun>));
      const back = unpacked(sent(packed(comparison(runs)))).runs;
      expect(back.map(plain)).toEqual(sent(runs.map(plain)));
    }),
    { numRuns: 200 },
  );
});

test('names are found in the runs that have them alone', () => {
  const [run] = unpacked(sent(packed(comparison([runOf(0, { a: 1 }, 0.1)])))).runs;
  expect('constructor' in (run?.params ?? {})).toBe(false);
});

/** Entries, so that a name `__proto__` is compared too. */
function plain({ params, metrics, series, ...rest }: ComparedRun) {
  const entries = (map: object) => Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...rest, params: entries(params), metrics: entries(metrics), series: entries(series) };
}

test('hashes are shorter, and what is none is what it was', () => {
  const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
  fc.assert(
    fc.property(hash, fc.string(), (whole, other) => {
      expect(shortHash(whole)).toHaveLength(44);
      expect(wholeHash(shortHash(whole))).toBe(whole);
      for (const text of [other, `#${other}`, `##${other}`]) expect(wholeHash(shortHash(text))).toBe(text);
    }),
    { numRuns: 100 },
  );
});
