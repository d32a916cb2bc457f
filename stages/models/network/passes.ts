/**
 * Passes through networks of dense layers, forwards and back, written out: what is not asked for is not computed, and who
 * moves is said by whom the gradients are given to. On whatever TensorFlow backend is open.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../random-stream.ts';
import { activations } from './activations.ts';
import { type Normalised, normalise, normaliseBack } from './batch-norm.ts';
import type { DenseLayer, DenseNetwork } from './dense.ts';
import { dropout } from './dropout.ts';
import { type Operations, operations } from './operations.ts';

/** One layer's part of a forward pass, as its backward pass needs it. All `[batch, …]`. */
export interface LayerPass {
  readonly input: tf.Tensor2D;
  /** How products of the input are taken. */
  readonly product: Operations['product'];
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

/** That a network is trained, or helps to train another one: there is dropout, and a batch is normalised by itself. */
export interface Training {
  /** Where what is left out is drawn from. */
  readonly random: RandomStream;
  /** Whether batch normalisation's running statistics move along: those of the network that is trained. */
  readonly follow: boolean;
}

/**
 * @param input `[batch, inputs]`. The caller's tidy frees what is returned.
 * @param training without it the network is used: no dropout, and batches are normalised by running statistics.
 * @param productOfInput how products of the input are taken.
 */
export function forward(
  network: DenseNetwork,
  input: tf.Tensor2D,
  training?: Training,
  productOfInput = operations().product,
): Pass {
  const { biased, times } = operations();
  const pass: LayerPass[] = [];
  for (const layer of network) {
    const from = pass.at(-1)?.output ?? input;
    const product = from === input ? productOfInput : operations().product;
    const weights = layer.weights.read() as tf.Tensor2D;
    const sums = biased(product(from, weights), layer.bias.read());
    const normalised = layer.batchNorm && normalise(layer.batchNorm, sums, training);
    const activated = activations[layer.activation].forward(normalised?.output ?? sums);
    const kept = training && layer.dropout > 0 ? dropout(activated.shape, layer.dropout, training.random) : undefined;
    const output = kept === undefined ? activated : times(activated, kept);
    pass.push({ input: from, product, weights, normalised, activated, kept, output });
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
  const { columnSums } = operations();
  const gradients: (readonly tf.Tensor[])[] = [];
  walkBack(network, pass, outputGradient, ({ input, product }, sumGradient, normGradients) => {
    gradients.unshift([product(input, sumGradient, 'a'), columnSums(sumGradient), ...normGradients]);
  });
  return gradients.flat();
}

/**
 * Gradient of the loss in the network's input from column `from` on, `[batch, inputs - from]`; none in the columns before,
 * nor in its variables.
 */
export function inputGradient(network: DenseNetwork, pass: Pass, outputGradient: tf.Tensor2D, from = 0): tf.Tensor2D {
  let first = outputGradient;
  walkBack(network, pass, outputGradient, (_layer, sumGradient) => {
    first = sumGradient;
  });
  const { weights } = pass[0] as LayerPass;
  return throughWeights({ weights: from === 0 ? weights : tf.slice2d(weights, [from, 0], [-1, -1]) }, first);
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
    const inActivated = layer.kept === undefined ? gradient : operations().times(gradient, layer.kept);
    const inNormalised = activations[activation].backward(layer.activated, inActivated);
    const norm = layer.normalised && normaliseBack(layer.normalised, inNormalised);
    const sumGradient = norm?.input ?? inNormalised;
    visit(layer, sumGradient, norm?.variables ?? []);
    if (at > 0) gradient = throughWeights(layer, sumGradient);
  }
}

function throughWeights({ weights }: Pick<LayerPass, 'weights'>, sumGradient: tf.Tensor2D): tf.Tensor2D {
  return operations().product(sumGradient, weights, 'b');
}
