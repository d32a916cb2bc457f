/**
 * The gradient penalty of WGAN-GP (Gulrajani et al. 2017, equation 3): λ · mean over the batch of (‖∂D/∂x̂‖ − 1)², with x̂
 * between a real and a fake vector. Its gradient in the critic's weights is had by passing back through the backward
 * pass of dense layers, so that no machinery of second derivatives is needed.
 *
 * With s_l = a_{l−1} W_l + b_l and a_l = φ(s_l), the backward pass is u_l = δ_{l+1} W_{l+1}ᵀ, δ_l = u_l φ′(s_l) down from
 * δ_L = 1, and ∂D/∂a_0 = δ_1 W_1ᵀ. Of that:
 *
 * - forwards along the layers, v_1 = ḡ W_1 with ḡ the penalty's gradient in ∂D/∂a_0; ū_l = v_l φ′(s_l);
 *   v_{l+1} = ū_l W_{l+1}; W̄_1 = ḡᵀ δ_1, W̄_{l+1} = ū_lᵀ δ_{l+1};
 * - where φ is curved, s̄_l = v_l u_l φ″(s_l) flows back through the forward pass as any gradient does.
 */
import * as tf from '@tensorflow/tfjs-core';
import { activations } from './activations.ts';
import type { DenseLayer, DenseNetwork } from './dense.ts';
import type { LayerPass, Pass } from './passes.ts';

export interface GradientPenalty {
  /** With its weight λ. */
  readonly value: number;
  /** In weights and biases, in the order of the network's variables; undefined where there is none. */
  readonly gradients: readonly (tf.Tensor | undefined)[];
}

/**
 * @param critic one output, linear; no batch normalisation, which ties the rows of a batch together (section 4 of the
 * paper), and no dropout.
 * @param pass of `[condition; x̂]`, `[batch, condition + items]`.
 * @param conditionSize how many columns of the input are the condition: the norm is over the rest alone.
 */
export function gradientPenalty(
  critic: DenseNetwork,
  pass: Pass,
  conditionSize: number,
  weight: number,
): GradientPenalty {
  const back = backwardPass(critic, pass);
  const { value, gradient } = penaltyOf(inputGradientOf(pass, back), conditionSize, weight);
  const { weights, sums } = passBackwardsBack(critic, pass, back, gradient);
  const { weights: curvedWeights, biases } = passForwardsBack(critic, pass, sums);
  const gradients = critic.flatMap((_layer, at) => [added(weights[at], curvedWeights[at]), biases[at]]);
  return { value, gradients };
}

interface Backward {
  /** u_l: the gradient in the layer's output. */
  readonly output: tf.Tensor2D;
  /** δ_l: the gradient in its sums. */
  readonly sums: tf.Tensor2D;
}

/** Of the sum of all rows' outputs: rows do not meet, so it holds each row's own gradient. */
function backwardPass(critic: DenseNetwork, pass: Pass): readonly Backward[] {
  const back: Backward[] = [];
  const [batch] = outputShape(pass);
  let output = tf.ones<tf.Rank.R2>([batch, 1]);
  for (let at = critic.length - 1; at >= 0; at--) {
    const { activation } = critic[at] as DenseLayer;
    const sums = activations[activation].backward((pass[at] as LayerPass).activated, output);
    back.unshift({ output, sums });
    if (at > 0) output = tf.matMul(sums, (pass[at] as LayerPass).weights, false, true);
  }
  return back;
}

function inputGradientOf(pass: Pass, back: readonly Backward[]): tf.Tensor2D {
  return tf.matMul((back[0] as Backward).sums, (pass[0] as LayerPass).weights, false, true);
}

/** The penalty's value, and its gradient in the critic's input gradient: 0 in the columns of the condition. */
function penaltyOf(inputGradient: tf.Tensor2D, conditionSize: number, weight: number) {
  const [batch, columns] = inputGradient.shape;
  const judged = tf.slice2d(inputGradient, [0, conditionSize], [batch, columns - conditionSize]);
  // The norm has no derivative at 0.
  const norms = tf.sqrt(tf.add(tf.sum(tf.square(judged), 1, true), 1e-12));
  const beyond = tf.sub(norms, 1);
  const [mean] = tf.mean(tf.square(beyond)).dataSync<'float32'>();
  const inJudged = tf.mul<tf.Tensor2D>(judged, tf.div(tf.mul(beyond, (2 * weight) / batch), norms));
  return {
    value: weight * (mean as number),
    gradient: tf.pad2d(inJudged, [
      [0, 0],
      [conditionSize, 0],
    ]),
  };
}

/** From the first layer to the last: W̄_l, and s̄_l where the activation is curved. */
function passBackwardsBack(critic: DenseNetwork, pass: Pass, back: readonly Backward[], gradient: tf.Tensor2D) {
  const weights: tf.Tensor2D[] = [];
  const sums: (tf.Tensor2D | undefined)[] = [];
  let inSums = gradient;
  critic.forEach(({ activation }, at) => {
    const { weights: own, activated } = pass[at] as LayerPass;
    const { output, sums: backSums } = back[at] as Backward;
    weights.push(tf.matMul(inSums, backSums, true, false));
    const v = tf.matMul<tf.Tensor2D>(inSums, own);
    const { backward, curved } = activations[activation];
    sums.push(curved?.(activated, tf.mul(v, output)));
    inSums = backward(activated, v);
  });
  return { weights, sums };
}

/** From the last layer to the first: what reaches weights and biases through the forward pass. */
function passForwardsBack(critic: DenseNetwork, pass: Pass, own: readonly (tf.Tensor2D | undefined)[]) {
  const weights: (tf.Tensor2D | undefined)[] = [];
  const biases: (tf.Tensor | undefined)[] = [];
  let inOutput: tf.Tensor2D | undefined;
  for (let at = critic.length - 1; at >= 0; at--) {
    const { activation } = critic[at] as DenseLayer;
    const { input, weights: layerWeights, activated } = pass[at] as LayerPass;
    const through = inOutput && activations[activation].backward(activated, inOutput);
    const sums = added(own[at], through);
    weights[at] = sums && tf.matMul(input, sums, true, false);
    biases[at] = sums && tf.sum(sums, 0);
    inOutput = sums && at > 0 ? tf.matMul(sums, layerWeights, false, true) : undefined;
  }
  return { weights, biases };
}

function added<T extends tf.Tensor>(a: T | undefined, b: T | undefined): T | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return tf.add<T>(a, b);
}

function outputShape(pass: Pass): [number, number] {
  return (pass.at(-1) as LayerPass).output.shape;
}
