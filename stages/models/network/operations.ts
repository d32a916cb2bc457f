/**
 * What passes are made of. On native TensorFlow each is one operation, asked of the backend itself: TensorFlow.js puts
 * some of them together from several, and at each looks up backend, kernel and tape, which takes longer than a small
 * operation does. On any other backend they are operations of TensorFlow.js.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type Attribute, flag, floats, integers, kernels, type NativeKernels, text } from './native-kernels.ts';

/** Gradients are told from an activation's output, of whose shape they are. */
export interface Operations {
  /** a b, of `[rows, inner]` and `[inner, columns]` after either is transposed. */
  product(a: tf.Tensor2D, b: tf.Tensor2D, transposed?: Transposed): tf.Tensor2D;
  /** The same of an `a` of ones and zeros: for each row the sum of b's rows that its ones stand for. */
  onesProduct(a: tf.Tensor2D, ones: Ones, b: tf.Tensor2D): tf.Tensor2D;
  /** `[rows, columns]` with the bias `[columns]` added to each row. */
  biased(sums: tf.Tensor2D, bias: tf.Tensor): tf.Tensor2D;
  /** `[columns]`: the gradient in a bias. */
  columnSums(gradient: tf.Tensor2D): tf.Tensor1D;
  /** Element by element, of one shape. */
  times(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D;
  /** `[]`: ½ Σ x². */
  halfSquares(values: tf.Tensor2D): tf.Scalar;
  relu(sums: tf.Tensor2D): tf.Tensor2D;
  reluBack(output: tf.Tensor2D, gradient: tf.Tensor2D): tf.Tensor2D;
  sigmoid(sums: tf.Tensor2D): tf.Tensor2D;
  /** gradient · σ (1 − σ) */
  sigmoidBack(output: tf.Tensor2D, gradient: tf.Tensor2D): tf.Tensor2D;
  tanh(sums: tf.Tensor2D): tf.Tensor2D;
  /** gradient · (1 − tanh²) */
  tanhBack(output: tf.Tensor2D, gradient: tf.Tensor2D): tf.Tensor2D;
}

/** Which factor of a product is transposed first. */
export type Transposed = 'a' | 'b';

/** Where the ones of a matrix are, row after row, in any order within one. */
export interface Ones {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/** Of the backend that is open. */
export function operations(): Operations {
  const open = kernels();
  if (open === undefined) return composed;
  if (fused?.backend !== open) fused = { backend: open, operations: fusedOperations(open) };
  return fused.operations;
}

let fused: { readonly backend: NativeKernels; readonly operations: Operations } | undefined;

const composed: Operations = {
  product: (a, b, transposed) => tf.matMul(a, b, transposed === 'a', transposed === 'b'),
  onesProduct: (a, _ones, b) => tf.matMul(a, b),
  biased: (sums, bias) => tf.add(sums, bias),
  columnSums: (gradient) => tf.sum(gradient, 0),
  times: (a, b) => tf.mul(a, b),
  halfSquares: (values) => tf.mul(0.5, tf.sum(tf.square(values))),
  relu: (sums) => tf.relu(sums),
  // The sign of what is never negative is the step.
  reluBack: (output, gradient) => tf.mul(gradient, tf.sign(output)),
  sigmoid: (sums) => tf.sigmoid(sums),
  sigmoidBack: (output, gradient) => tf.mul(gradient, tf.mul(output, tf.sub(1, output))),
  tanh: (sums) => tf.tanh(sums),
  tanhBack: (output, gradient) => tf.mul(gradient, tf.sub(1, tf.square(output))),
};

function fusedOperations(backend: NativeKernels): Operations {
  const plain = [floats('T')];
  const channels = [floats('T'), text('data_format', 'NHWC')];
  const run = <T extends tf.Tensor>(name: string, attributes: readonly Attribute[], ...inputs: tf.Tensor[]) =>
    backend.executeSingleOutput(name, attributes, inputs) as T;
  // Not MatMul: called by itself, TensorFlow's writes beyond its memory (trainings with it end in a damaged heap, seen
  // with `node --cpu-prof`). This is what TensorFlow.js calls too.
  const matMul = (transposed?: Transposed) => [
    floats('T'),
    flag('adj_x', transposed === 'a'),
    flag('adj_y', transposed === 'b'),
  ];
  const factors = { neither: matMul(), a: matMul('a'), b: matMul('b') };
  const segments = [floats('T'), integers('Tidx'), integers('Tnumsegments'), integers('Tsegmentids')];
  return {
    product: (a, b, transposed) => run('BatchMatMulV2', factors[transposed ?? 'neither'], a, b),
    onesProduct(a, { rows, columns }, b) {
      const [which, into, height] = [tf.tensor1d(columns), tf.tensor1d(rows), tf.scalar(a.shape[0], 'int32')];
      const sums = run<tf.Tensor2D>('SparseSegmentSumWithNumSegments', segments, b, which, into, height);
      tf.dispose([which, into, height]);
      return sums;
    },
    biased: (sums, bias) => run('BiasAdd', channels, sums, bias),
    columnSums: (gradient) => run('BiasAddGrad', channels, gradient),
    times: (a, b) => run('Mul', plain, a, b),
    halfSquares: (values) => run('L2Loss', plain, values),
    relu: (sums) => run('Relu', plain, sums),
    reluBack: (output, gradient) => run('ReluGrad', plain, gradient, output),
    sigmoid: (sums) => run('Sigmoid', plain, sums),
    sigmoidBack: (output, gradient) => run('SigmoidGrad', plain, output, gradient),
    tanh: (sums) => run('Tanh', plain, sums),
    tanhBack: (output, gradient) => run('TanhGrad', plain, output, gradient),
  };
}
