/**
 * Networks of dense layers with explicit forward and backward passes: what is not asked for is not computed, and who
 * moves is said by whom the gradients are given to. On whatever TensorFlow backend is open.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../random-stream.ts';

export const activationNames = ['relu', 'sigmoid', 'linear'] as const;
export type Activation = (typeof activationNames)[number];

export interface DenseLayer {
  /** `[inputs, outputs]` */
  readonly weights: tf.Variable<tf.Rank.R2>;
  /** `[outputs]` */
  readonly bias: tf.Variable<tf.Rank.R1>;
  readonly activation: Activation;
}

export type DenseNetwork = readonly DenseLayer[];

export interface Architecture {
  /** Input, hidden layers, output: `[20, 128, 256, 1682]`. */
  readonly sizes: readonly number[];
  readonly hidden: Activation;
  readonly output: Activation;
}

/** Input and the output of every layer, in order; the last is the network's output. All `[batch, size]`. */
export type Activations = readonly tf.Tensor2D[];

interface ActivationPasses {
  readonly forward: (sums: tf.Tensor2D) => tf.Tensor2D;
  /** The gradient in the sums, from the activation's output, which is kept, and the gradient in that output. */
  readonly backward: (output: tf.Tensor2D, gradient: tf.Tensor2D) => tf.Tensor2D;
}

const passes: Readonly<Record<Activation, ActivationPasses>> = {
  relu: { forward: (sums) => tf.relu(sums), backward: (output, gradient) => tf.mul(gradient, tf.step(output)) },
  sigmoid: {
    forward: (sums) => tf.sigmoid(sums),
    backward: (output, gradient) => tf.mul(gradient, tf.mul(output, tf.sub(1, output))),
  },
  linear: { forward: (sums) => sums, backward: (_output, gradient) => gradient },
};

/** Values to begin a layer with: weights `[inputs, outputs]`, row-major, and bias `[outputs]`. */
export type Initialiser = (
  layer: number,
  inputs: number,
  outputs: number,
) => { readonly weights: Float32Array; readonly bias: Float32Array };

/** Weights by Glorot's uniform rule, U(±√(6 / (inputs + outputs))), biases zero. */
export function glorotUniform(random: RandomStream): Initialiser {
  return (_layer, inputs, outputs) => {
    const limit = Math.sqrt(6 / (inputs + outputs));
    return {
      weights: Float32Array.from({ length: inputs * outputs }, () => (2 * random.uniform() - 1) * limit),
      bias: new Float32Array(outputs),
    };
  };
}

export function createNetwork({ sizes, hidden, output }: Architecture, initial: Initialiser): DenseNetwork {
  return sizes.slice(1).map((outputs, layer) => {
    const inputs = sizes[layer] as number;
    const { weights, bias } = initial(layer, inputs, outputs);
    return {
      weights: variable(tf.tensor2d(weights, [inputs, outputs])),
      bias: variable(tf.tensor1d(bias)),
      activation: layer === sizes.length - 2 ? output : hidden,
    };
  });
}

/** Weights and bias of each layer, in order: the order of gradients and of files. */
export function variablesOf(network: DenseNetwork): readonly tf.Variable[] {
  return network.flatMap((layer) => [layer.weights, layer.bias]);
}

export function parameterCount(network: DenseNetwork): number {
  return variablesOf(network).reduce((sum, { size }) => sum + size, 0);
}

export function disposeNetwork(network: DenseNetwork): void {
  tf.dispose([...variablesOf(network)]);
}

/** @param input `[batch, inputs]`. The caller's tidy frees what is returned. */
export function forward(network: DenseNetwork, input: tf.Tensor2D): Activations {
  const activations = [input];
  for (const { weights, bias, activation } of network) {
    const sums = tf.add<tf.Tensor2D>(tf.matMul(activations.at(-1) as tf.Tensor2D, weights), bias);
    activations.push(passes[activation].forward(sums));
  }
  return activations;
}

export function outputOf(activations: Activations): tf.Tensor2D {
  return activations.at(-1) as tf.Tensor2D;
}

/** The values of what `compute` makes; everything it made is freed. */
export function valuesOf(compute: () => tf.Tensor): Float32Array {
  // The tidy hands out the tensor: of an array it would search every number for tensors.
  const tensor = tf.tidy(compute);
  const values = tensor.dataSync<'float32'>();
  tensor.dispose();
  return values;
}

/**
 * Gradients of the loss in the network's variables, in the order of {@link variablesOf}.
 *
 * @param outputGradient `[batch, outputs]`: the loss's gradient in the network's output.
 */
export function weightGradients(
  network: DenseNetwork,
  activations: Activations,
  outputGradient: tf.Tensor2D,
): readonly tf.Tensor[] {
  const gradients: tf.Tensor[] = [];
  walkBack(network, activations, outputGradient, (layer, sumGradient) => {
    const input = activations[layer] as tf.Tensor2D;
    gradients.unshift(tf.matMul(input, sumGradient, true, false), tf.sum(sumGradient, 0));
  });
  return gradients;
}

/** Gradient of the loss in the network's input, `[batch, inputs]`; none in its variables. */
export function inputGradient(
  network: DenseNetwork,
  activations: Activations,
  outputGradient: tf.Tensor2D,
): tf.Tensor2D {
  let first = outputGradient;
  walkBack(network, activations, outputGradient, (_layer, sumGradient) => {
    first = sumGradient;
  });
  return throughWeights(network[0] as DenseLayer, first);
}

/** Visits the layers from last to first with the gradient in each one's sums, before its activation. */
function walkBack(
  network: DenseNetwork,
  activations: Activations,
  outputGradient: tf.Tensor2D,
  visit: (layer: number, sumGradient: tf.Tensor2D) => void,
): void {
  let gradient = outputGradient;
  for (let layer = network.length - 1; layer >= 0; layer--) {
    const { activation } = network[layer] as DenseLayer;
    const sumGradient = passes[activation].backward(activations[layer + 1] as tf.Tensor2D, gradient);
    visit(layer, sumGradient);
    if (layer > 0) gradient = throughWeights(network[layer] as DenseLayer, sumGradient);
  }
}

function throughWeights({ weights }: DenseLayer, sumGradient: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(sumGradient, weights, false, true);
}

/** A variable that owns its memory; the initial value is freed. */
function variable<R extends tf.Rank>(initial: tf.Tensor<R>): tf.Variable<R> {
  const made = tf.variable(initial);
  initial.dispose();
  return made;
}
