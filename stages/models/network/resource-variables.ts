/**
 * TensorFlow's own variables and the fused operations on them, through the native backend. TensorFlow.js makes Adam of
 * some fifteen operations over all weights; `ResourceApplyAdam` is one, in place.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from './variables.ts';

/** What is used of the native backend, which its types do not tell. */
export interface NativeKernels {
  readonly binding: Readonly<
    Record<'TF_FLOAT' | 'TF_ATTR_TYPE' | 'TF_ATTR_STRING' | 'TF_ATTR_SHAPE' | 'TF_ATTR_BOOL', number>
  >;
  executeSingleOutput(operation: string, attributes: readonly Attribute[], inputs: readonly tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    operation: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): readonly tf.Tensor[];
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export interface ResourceVariable extends Variable {
  /** What operations on the variable take; it stays valid until the variable is disposed of. */
  readonly handle: tf.Tensor;
}

/** Of the native backend, undefined where another one is open. */
export function kernels(): NativeKernels | undefined {
  return tf.getBackend() === 'tensorflow' ? (tf.backend() as unknown as NativeKernels) : undefined;
}

export function isResource(variable: Variable): variable is ResourceVariable {
  return 'handle' in variable;
}

let made = 0;

/** @param initial stays the caller's. */
export function resourceVariable(initial: tf.Tensor): ResourceVariable {
  const name = `retrial/${++made}`;
  const { shape, size } = initial;
  const { TF_ATTR_STRING, TF_ATTR_SHAPE } = native().binding;
  const handle = tf.keep(
    native().executeSingleOutput(
      'VarHandleOp',
      [
        { name: 'container', type: TF_ATTR_STRING, value: '' },
        { name: 'shared_name', type: TF_ATTR_STRING, value: name },
        floats('dtype'),
        { name: 'shape', type: TF_ATTR_SHAPE, value: shape },
      ],
      [],
    ),
  );
  const write = (value: tf.Tensor) => run('AssignVariableOp', [floats('dtype')], [handle, value]);
  write(initial);
  return {
    shape,
    size,
    handle,
    read: () => native().executeSingleOutput('ReadVariableOp', [floats('dtype')], [handle]),
    write,
    dispose() {
      run('DestroyResourceOp', [flag('ignore_lookup_error', true)], [handle]);
      handle.dispose();
    },
  };
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

function native(): NativeKernels {
  const found = kernels();
  if (found === undefined) throw new Error('resource variables exist on native TensorFlow only');
  return found;
}

function floats(name: string): Attribute {
  const { TF_ATTR_TYPE, TF_FLOAT } = native().binding;
  return { name, type: TF_ATTR_TYPE, value: TF_FLOAT };
}

function flag(name: string, value: boolean): Attribute {
  return { name, type: native().binding.TF_ATTR_BOOL, value };
}
