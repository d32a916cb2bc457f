/**
 * Networks of dense layers with explicit forward and backward passes: what is not asked for is not computed, and who
 * moves is said by whom the gradients are given to. On whatever TensorFlow backend is open.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../random-stream.ts';
import { type Activation, activations } from './activations.ts';
import {
  type BatchNorm,
  createBatchNorm,
  type Normalised,
  normalise,
  normaliseBack,
  variablesOfNorm,
} from './batch-norm.ts';
import { dropout } from './dropout.ts';
import { createVariable, type Variable } from './variables.ts';

/** Inputs → sums → batch normalisation, where there is one → activation → dropout, where there is one and it trains. */
export interface DenseLayer {
  /** `[inputs, outputs]` */
  readonly weights: Variable;
  /** `[outputs]` */
  readonly bias: Variable;
  readonly activation: Activation;
  readonly batchNorm: BatchNorm | undefined;
  /** Share of its outputs that are left out while it trains; 0: none. */
  readonly dropout: number;
}

export type DenseNetwork = readonly DenseLayer[];

export interface Architecture {
  /** Input, hidden layers, output: `[20, 128, 256, 1682]`. */
  readonly sizes: readonly number[];
  readonly hidden: Activation;
  readonly output: Activation;
  /** Of hidden layers. */
  readonly dropout?: number;
  readonly batchNorm?: boolean;
}

/** Values to begin a layer with: weights `[inputs, outputs]`, row-major, and bias `[outputs]`. */
export type Initialiser = (
  layer: number,
  inputs: number,
  outputs: number,
) => { readonly weights: Float32Array; readonly bias: Float32Array };

/** Weights by Glorot's uniform rule, U(±√(6 / (inputs + outputs))); biases U(±biasLimit), 0 by default. */
export function glorotUniform(random: RandomStream, biasLimit = 0): Initialiser {
  return (_layer, inputs, outputs) => {
    const limit = Math.sqrt(6 / (inputs + outputs));
    const uniform = (length: number, within: number) =>
      Float32Array.from({ length }, () => (2 * random.uniform() - 1) * within);
    return {
      weights: uniform(inputs * outputs, limit),
      bias: biasLimit === 0 ? new Float32Array(outputs) : uniform(outputs, biasLimit),
    };
  };
}

/** For a network whose values come later. */
export const zeros: Initialiser = (_layer, inputs, outputs) => ({
  weights: new Float32Array(inputs * outputs),
  bias: new Float32Array(outputs),
});

export function createNetwork(architecture: Architecture, initial: Initialiser): DenseNetwork {
  const { sizes } = architecture;
  return sizes.slice(1).map((outputs, layer): DenseLayer => {
    const inputs = sizes[layer] as number;
    const isOutput = layer === sizes.length - 2;
    const { weights, bias } = initial(layer, inputs, outputs);
    return {
      weights: createVariable(weights, [inputs, outputs]),
      bias: createVariable(bias, [outputs]),
      activation: isOutput ? architecture.output : architecture.hidden,
      batchNorm: architecture.batchNorm && !isOutput ? createBatchNorm(outputs) : undefined,
      dropout: isOutput ? 0 : (architecture.dropout ?? 0),
    };
  });
}

/** What training moves, layer by layer: the order of gradients. */
export function variablesOf(network: DenseNetwork): readonly Variable[] {
  return network.flatMap(({ weights, bias, batchNorm }) => [
    weights,
    bias,
    ...(batchNorm === undefined ? [] : [batchNorm.scale, batchNorm.shift]),
  ]);
}

/** All that a network is, by name: `0/weights`, `0/bias`, and of batch normalisation its running statistics too. */
export function namedVariables(network: DenseNetwork): Readonly<Record<string, Variable>> {
  return Object.fromEntries(
    network.flatMap(({ weights, bias, batchNorm }, layer) => [
      [`${layer}/weights`, weights],
      [`${layer}/bias`, bias],
      ...(batchNorm === undefined
        ? []
        : Object.entries(variablesOfNorm(batchNorm)).map(([name, variable]) => [`${layer}/${name}`, variable])),
    ]),
  );
}

export function parameterCount(network: DenseNetwork): number {
  return variablesOf(network).reduce((sum, { size }) => sum + size, 0);
}

export function disposeNetwork(network: DenseNetwork): void {
  for (const variable of Object.values(namedVariables(network))) variable.dispose();
}

/** One layer's part of a forward pass, as its backward pass needs it. All `[batch, …]`. */
export interface LayerPass {
  readonly input: tf.Tensor2D;
  /** The weights it was computed with. */
  readonly weights: tf.Tensor2D;
  readonly normalised: Normalised | undefined;
  /** Before dropout. */
  readonly activated: tf.Tensor2D;
  /** 0 where an output was left out, 1 / (1 − rate) elsewhere. */
  readonly kept: tf.Tensor2D | undefined;
  readonly output: tf.Tensor2D;
}

export type Pass = readonly LayerPass[];

/**
 * @param input `[batch, inputs]`. The caller's tidy frees what is returned.
 * @param training where what is left out is drawn from; without it the network is used, not trained: no dropout, and
 * batches are normalised by running statistics.
 */
export function forward(network: DenseNetwork, input: tf.Tensor2D, training?: RandomStream): Pass {
  const pass: LayerPass[] = [];
  for (const layer of network) {
    const from = pass.at(-1)?.output ?? input;
    const weights = layer.weights.read() as tf.Tensor2D;
    const sums = tf.add<tf.Tensor2D>(tf.matMul(from, weights), layer.bias.read());
    const normalised = layer.batchNorm && normalise(layer.batchNorm, sums, training !== undefined);
    const activated = activations[layer.activation].forward(normalised?.output ?? sums);
    const kept = training && layer.dropout > 0 ? dropout(activated.shape, layer.dropout, training) : undefined;
    const output = kept === undefined ? activated : tf.mul<tf.Tensor2D>(activated, kept);
    pass.push({ input: from, weights, normalised, activated, kept, output });
  }
  return pass;
}

/** `[batch, outputs]` */
export function outputOf(pass: Pass): tf.Tensor2D {
  return (pass.at(-1) as LayerPass).output;
}

/** Hands the weights of a pass back, after its gradients are there and before the network moves. */
export function releaseWeights(pass: Pass): void {
  for (const { weights } of pass) weights.dispose();
}

/** The values of what `compute` makes; everything it made is freed. */
export function numbersOf(compute: () => tf.Tensor): Float32Array {
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
export function weightGradients(network: DenseNetwork, pass: Pass, outputGradient: tf.Tensor2D): readonly tf.Tensor[] {
  const gradients: (readonly tf.Tensor[])[] = [];
  walkBack(network, pass, outputGradient, ({ input }, sumGradient, normGradients) => {
    gradients.unshift([tf.matMul(input, sumGradient, true, false), tf.sum(sumGradient, 0), ...normGradients]);
  });
  return gradients.flat();
}

/** Gradient of the loss in the network's input, `[batch, inputs]`; none in its variables. */
export function inputGradient(network: DenseNetwork, pass: Pass, outputGradient: tf.Tensor2D): tf.Tensor2D {
  let first = outputGradient;
  walkBack(network, pass, outputGradient, (_layer, sumGradient) => {
    first = sumGradient;
  });
  return throughWeights(pass[0] as LayerPass, first);
}

/** Visits the layers from last to first with the gradient in each one's sums, and in scale and shift of its batch norm. */
function walkBack(
  network: DenseNetwork,
  pass: Pass,
  outputGradient: tf.Tensor2D,
  visit: (layer: LayerPass, sumGradient: tf.Tensor2D, normGradients: readonly tf.Tensor[]) => void,
): void {
  let gradient = outputGradient;
  for (let at = network.length - 1; at >= 0; at--) {
    const layer = pass[at] as LayerPass;
    const { activation } = network[at] as DenseLayer;
    const inActivated = layer.kept === undefined ? gradient : tf.mul<tf.Tensor2D>(gradient, layer.kept);
    const inNormalised = activations[activation].backward(layer.activated, inActivated);
    const norm = layer.normalised && normaliseBack(layer.normalised, inNormalised);
    const sumGradient = norm?.input ?? inNormalised;
    visit(layer, sumGradient, norm?.variables ?? []);
    if (at > 0) gradient = throughWeights(layer, sumGradient);
  }
}

function throughWeights({ weights }: LayerPass, sumGradient: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(sumGradient, weights, false, true);
}
