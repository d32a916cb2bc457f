import fc from 'fast-check';

/** The value itself as often as one with parts replaced, renamed or left out: now right, now wrong, and nearly right. */
export function mutated(value: unknown): fc.Arbitrary<unknown> {
  const unbiased = () => fc.noBias(fc.integer({ min: 0, max: 999 }));
  return fc.oneof(
    fc.constant(value),
    fc.gen().map((gen) => mutatedBy(value, () => gen(unbiased) / 1000)),
  );
}

const texts = ['', 'x', '30m', '2GiB', '0s', 'best', 'maximize'];
const others = [...texts, null, 0, 1, -1, 1.5, true, [], ['x'], [1], {}, { x: 'y' }];

function mutatedBy(value: unknown, pick: () => number): unknown {
  if (pick() < 0.02) return others[Math.floor(pick() * others.length)];
  if (Array.isArray(value)) return value.map((inner) => mutatedBy(inner, pick));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(() => pick() > 0.01)
      .map(([key, inner]) => [pick() < 0.01 ? `${key}x` : key, mutatedBy(inner, pick)]),
  );
}
