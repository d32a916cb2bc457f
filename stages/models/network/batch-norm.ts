/** Batch normalisation (Ioffe & Szegedy 2015, algorithms 1 and 2) of a dense layer's sums. */
import * as tf from '@tensorflow/tfjs-core';
import { createVariable, type Variable } from './variables.ts';

const epsilon = 1e-3;
/** How much of the running statistics stays at each batch. */
const momentum = 0.9;

/** All `[size]`. */
export interface BatchNorm {
  readonly scale: Variable;
  readonly shift: Variable;
  readonly runningMean: Variable;
  readonly runningVariance: Variable;
}

export function createBatchNorm(size: number): BatchNorm {
  const filled = (value: number) => createVariable(new Float32Array(size).fill(value), [size]);
  return { scale: filled(1), shift: filled(0), runningMean: filled(0), runningVariance: filled(1) };
}

export function variablesOfNorm({ scale, shift, runningMean, runningVariance }: BatchNorm) {
  return { scale, shift, running_mean: runningMean, running_variance: runningVariance };
}

export interface Normalised {
  /** `[batch, size]`: (sums − mean) / √(variance + ε). */
  readonly standard: tf.Tensor2D;
  /** `[size]`: √(variance + ε) */
  readonly deviation: tf.Tensor;
  readonly scale: tf.Tensor;
  /** `[batch, size]` */
  readonly output: tf.Tensor2D;
}

/** Training takes the batch's own statistics; where they are followed, it moves the running ones that are used otherwise. */
export function normalise(
  norm: BatchNorm,
  sums: tf.Tensor2D,
  training: { readonly follow: boolean } | undefined,
): Normalised {
  const { mean, variance } = training ? tf.moments(sums, 0) : runningStatistics(norm);
  if (training?.follow) {
    follow(norm.runningMean, mean);
    follow(norm.runningVariance, variance);
  }
  const deviation = tf.sqrt(tf.add(variance, epsilon));
  const standard = tf.div<tf.Tensor2D>(tf.sub(sums, mean), deviation);
  const scale = norm.scale.read();
  const output = tf.add<tf.Tensor2D>(tf.mul(standard, scale), norm.shift.read());
  return { standard, deviation, scale, output };
}

/** Gradients in the sums, and in scale and shift, where the batch's own statistics were taken. */
export function normaliseBack(
  { standard, deviation, scale }: Normalised,
  gradient: tf.Tensor2D,
): { readonly input: tf.Tensor2D; readonly variables: readonly [tf.Tensor, tf.Tensor] } {
  const inStandard = tf.mul(gradient, scale);
  const centred = tf.sub(inStandard, tf.mean(inStandard, 0));
  const along = tf.mul(standard, tf.mean(tf.mul(inStandard, standard), 0));
  return {
    input: tf.div<tf.Tensor2D>(tf.sub(centred, along), deviation),
    variables: [tf.sum(tf.mul(gradient, standard), 0), tf.sum(gradient, 0)],
  };
}

function runningStatistics({ runningMean, runningVariance }: BatchNorm) {
  return { mean: runningMean.read(), variance: runningVariance.read() };
}

function follow(running: Variable, batch: tf.Tensor): void {
  tf.tidy(() => running.write(tf.add(tf.mul(running.read(), momentum), tf.mul(batch, 1 - momentum))));
}
