/**
 * TensorFlow's own variables and the fused operations on them, through the native backend. TensorFlow.js makes Adam of
 * some fifteen operations over all weights; `ResourceApplyAdam` is one, in place.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type Attribute, flag, floats, native, text } from './native-kernels.ts';
import type { Variable } from './variables.ts';

export interface ResourceVariable extends Variable {
  /** What operations on the variable take; it stays valid until the variable is disposed of. */
  readonly handle: tf.Tensor;
}

export function isResource(variable: Variable): variable is ResourceVariable {
  return 'handle' in variable;
}

let made = 0;

/** @param initial stays the caller's. */
export function resourceVariable(initial: tf.Tensor): ResourceVariable {
  const { shape, size } = initial;
  const handle = handleOf(shape);
  const write = (to: tf.Tensor, value: tf.Tensor) => run('AssignVariableOp', [floats('dtype')], [to, value]);
  const read = (from: tf.Tensor) => native().executeSingleOutput('ReadVariableOp', [floats('dtype')], [from]);
  write(handle, initial);
  // Made when it is first asked for; it keeps the last sum.
  let sum: tf.Tensor | undefined;
  return {
    shape,
    size,
    handle,
    read: () => read(handle),
    write: (value) => write(handle, value),
    // sum − (−factor) · value in place, one pass over memory where a product and an addition are two.
    addedTo(tensor, factor) {
      sum ??= handleOf(shape);
      write(sum, tensor);
      tensor.dispose(); // or the sum would be taken of a copy
      const [value, step] = [read(handle), tf.scalar(-factor)];
      run('ResourceApplyGradientDescent', [floats('T'), flag('use_locking', false)], [sum, step, value]);
      tf.dispose([value, step]);
      return read(sum);
    },
    dispose() {
      destroy(handle);
      if (sum !== undefined) destroy(sum);
    },
  };
}

function handleOf(shape: readonly number[]): tf.Tensor {
  return tf.keep(
    native().executeSingleOutput(
      'VarHandleOp',
      [
        text('container', ''),
        text('shared_name', `retrial/${++made}`),
        floats('dtype'),
        { name: 'shape', type: native().binding.TF_ATTR_SHAPE, value: shape },
      ],
      [],
    ),
  );
}

function destroy(handle: tf.Tensor): void {
  run('DestroyResourceOp', [flag('ignore_lookup_error', true)], [handle]);
  handle.dispose();
}

/**
 * `ResourceApplyAdam`: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε).
 *
 * @param scalars β₁ᵗ, β₂ᵗ, η, β₁, β₂, ε.
 */
export function applyAdam(
  [variable, first, second]: readonly [ResourceVariable, ResourceVariable, ResourceVariable],
  scalars: readonly tf.Scalar[],
  gradient: tf.Tensor,
): void {
  const attributes = [floats('T'), flag('use_locking', false), flag('use_nesterov', false)];
  run('ResourceApplyAdam', attributes, [variable.handle, first.handle, second.handle, ...scalars, gradient]);
}

/**
 * `ResourceApplyRMSProp`: v ← ρv + (1 − ρ)g², m ← μm + η g / √(v + ε), w ← w − m.
 *
 * @param scalars η, ρ, μ, ε.
 */
export function applyRmsProp(
  [variable, second, momentum]: readonly [ResourceVariable, ResourceVariable, ResourceVariable],
  scalars: readonly tf.Scalar[],
  gradient: tf.Tensor,
): void {
  const attributes = [floats('T'), flag('use_locking', false)];
  run('ResourceApplyRMSProp', attributes, [variable.handle, second.handle, momentum.handle, ...scalars, gradient]);
}

function run(operation: string, attributes: readonly Attribute[], inputs: readonly tf.Tensor[]): void {
  native().executeMultipleOutputs(operation, attributes, inputs, 0);
}
