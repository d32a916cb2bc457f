/** The native backend's door to any operation of TensorFlow, which its types do not tell. */
import * as tf from '@tensorflow/tfjs-core';

export interface NativeKernels {
  readonly binding: Readonly<
    Record<'TF_FLOAT' | 'TF_INT32' | 'TF_ATTR_TYPE' | 'TF_ATTR_STRING' | 'TF_ATTR_SHAPE' | 'TF_ATTR_BOOL', number>
  >;
  executeSingleOutput(operation: string, attributes: readonly Attribute[], inputs: readonly tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    operation: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): readonly tf.Tensor[];
}

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** Of the native backend, undefined where another one is open. */
export function kernels(): NativeKernels | undefined {
  return tf.getBackend() === 'tensorflow' ? (tf.backend() as unknown as NativeKernels) : undefined;
}

/** Throws where another backend is open. */
export function native(): NativeKernels {
  const found = kernels();
  if (found === undefined) throw new Error('this exists on native TensorFlow only');
  return found;
}

/** That the type called `name` is float32. */
export function floats(name: string): Attribute {
  const { TF_ATTR_TYPE, TF_FLOAT } = native().binding;
  return { name, type: TF_ATTR_TYPE, value: TF_FLOAT };
}

/** That the type called `name` is int32. */
export function integers(name: string): Attribute {
  const { TF_ATTR_TYPE, TF_INT32 } = native().binding;
  return { name, type: TF_ATTR_TYPE, value: TF_INT32 };
}

export function flag(name: string, value: boolean): Attribute {
  return { name, type: native().binding.TF_ATTR_BOOL, value };
}

export function text(name: string, value: string): Attribute {
  return { name, type: native().binding.TF_ATTR_STRING, value };
}
