import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Activation } from '../../../../stages/models/network/activations.ts';
import { createNetwork, glorotUniform, variablesOf } from '../../../../stages/models/network/dense.ts';
import { gradientPenalty } from '../../../../stages/models/network/gradient-penalty.ts';
import { forward } from '../../../../stages/models/network/passes.ts';
import { stream } from '../../../../stages/random-stream.ts';
import { openTensorFlow } from '../../../../stages/tensorflow.ts';
import { finiteDifference, openCpu } from './cpu.ts';

beforeAll(async () => {
  // Brings the derivatives that TensorFlow.js knows.
  await openTensorFlow({ threads: 1 });
  await openCpu();
});

function setUp(hidden: Activation, sizes: readonly number[] = [5, 4, 3, 1]) {
  const critic = createNetwork({ sizes, hidden, output: 'linear' }, glorotUniform(stream(1, 'critic'), 0.5));
  const normal = stream(2, 'input').normal;
  const input = tf.tensor2d(
    Float32Array.from({ length: 30 }, () => 2 * normal()),
    [6, 5],
  );
  const penalty = () => gradientPenalty(critic, forward(critic, input), 2, 10);
  return { critic, input, penalty };
}

test.each([
  ['sigmoid', [5, 4, 3, 1]],
  ['tanh', [5, 4, 3, 1]],
  ['relu', [5, 4, 3, 1]],
  ['linear', [5, 4, 3, 1]],
  ['sigmoid', [5, 4, 1]],
] as const)('its gradient agrees with finite differences: %s %j', (hidden, sizes) => {
  const { critic, penalty } = setUp(hidden, sizes);
  const { gradients } = penalty();
  let moved = 0;
  variablesOf(critic).forEach((variable, i) => {
    for (let index = 0; index < variable.size; index++) {
      const own = gradients[i]?.dataSync()[index] ?? 0;
      moved += Math.abs(own);
      expect(own).toBeCloseTo(
        finiteDifference(variable, index, () => penalty().value, 1e-3),
        1,
      );
    }
  });
  expect(moved).toBeGreaterThan(1);
});

test('it is on the judged columns alone, for each row its own: what TensorFlow.js derives says the same', () => {
  const { critic, input, penalty } = setUp('tanh');
  const [w1, b1, w2, b2, w3, b3] = variablesOf(critic).map((variable) => variable.read()) as [
    tf.Tensor2D,
    tf.Tensor,
    tf.Tensor2D,
    tf.Tensor,
    tf.Tensor2D,
    tf.Tensor,
  ];
  const slope = tf.grad((x) => {
    const first = tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, w1), b1)) as tf.Tensor2D;
    const second = tf.tanh(tf.add(tf.matMul(first, w2), b2)) as tf.Tensor2D;
    return tf.sum(tf.add(tf.matMul(second, w3), b3));
  })(input) as tf.Tensor2D;
  const norms = tf.norm(tf.slice2d(slope, [0, 2], [6, 3]), 2, 1).dataSync<'float32'>();
  const expected = (10 * norms.reduce((sum, norm) => sum + (norm - 1) ** 2, 0)) / 6;
  expect(penalty().value).toBeCloseTo(expected, 4);
});
