import { describe, expect, test } from 'vitest';
import { accuracyOf, lossNames, lossOf, type Target } from '../../../../stages/models/network/losses.ts';

const logits = Float32Array.of(-2.5, -0.3, 0.4, 3);

describe.each(lossNames)('%s', (loss) => {
  test.each<Target>(['real', 'fake'])('gradient agrees with finite differences: %s', (target) => {
    const { gradient } = lossOf[loss](logits, target);
    logits.forEach((_, i) => {
      const at = (offset: number) => lossOf[loss](logits.with(i, (logits[i] as number) + offset), target).value;
      expect(gradient[i]).toBeCloseTo((at(0.01) - at(-0.01)) / 0.02, 4);
    });
  });
});

test('vanilla is the cross-entropy of the probability', () => {
  const p = (logit: number) => 1 / (1 + Math.exp(-logit));
  const mean = (of: (logit: number) => number) => logits.reduce((sum, logit) => sum + of(logit), 0) / logits.length;
  expect(lossOf.vanilla(logits, 'real').value).toBeCloseTo(
    mean((l) => -Math.log(p(l))),
    6,
  );
  expect(lossOf.vanilla(logits, 'fake').value).toBeCloseTo(
    mean((l) => -Math.log(1 - p(l))),
    6,
  );
  expect(lossOf.vanilla(Float32Array.of(0), 'real').value).toBeCloseTo(Math.LN2, 12);
});

test('vanilla stays finite where the probability is 0 or 1 in 32 bits', () => {
  const extreme = Float32Array.of(-500, 500);
  expect(lossOf.vanilla(extreme, 'real').value).toBe(250);
  expect(Array.from(lossOf.vanilla(extreme, 'real').gradient)).toEqual([-0.5, 0]);
});

test('wgan: both halves add up to E[D(fake)] − E[D(real)]', () => {
  const [real, fake] = [Float32Array.of(3, 5), Float32Array.of(1, 2)];
  expect(lossOf.wgan(real, 'real').value + lossOf.wgan(fake, 'fake').value).toBe(1.5 - 4);
});

test('accuracy: above 0 is called real, 0 itself fake', () => {
  expect(accuracyOf(logits, 'real')).toBe(0.5);
  expect(accuracyOf(Float32Array.of(0, 0, 0, 1), 'fake')).toBe(0.75);
});
