/** Optimisers over one network's variables. Each network has one of its own: moments are never shared. */
import * as tf from '@tensorflow/tfjs-core';
import { applyAdam, applyRmsProp, isResource } from './resource-variables.ts';
import { type Variable, zerosLike } from './variables.ts';

export interface Optimiser {
  /** Moves the variables once. @param gradients in the order of the variables; they stay the caller's. */
  apply(gradients: readonly tf.Tensor[]): void;
  /** Moments: with {@link updates} all it knows of the past. */
  readonly moments: readonly Variable[];
  /** How often it was applied. */
  updates: number;
  dispose(): void;
}

export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Adam as Keras and TensorFlow compute it: ε is added to √v before its bias is corrected ("epsilon hat" of Kingma & Ba
 * 2015, section 2), w −= η √(1 − β2ᵗ) / (1 − β1ᵗ) · m / (√v + ε). TensorFlow.js' own Adam adds it after, and keeps βᵗ
 * in 32 bits.
 */
export function adam(variables: readonly Variable[], settings: AdamSettings): Optimiser {
  const { learningRate, beta1, beta2 = 0.999, epsilon = 1e-7 } = settings;
  const rate = (time: number) => (learningRate * Math.sqrt(1 - beta2 ** time)) / (1 - beta1 ** time);
  return optimiser(variables, {
    scalars: (time) => [beta1 ** time, beta2 ** time, learningRate, beta1, beta2, epsilon],
    fused: applyAdam,
    composed(variable, [m, v], gradient, time) {
      const first = average(m.read(), gradient, beta1);
      const second = average(v.read(), tf.square(gradient), beta2);
      m.write(first);
      v.write(second);
      variable.write(tf.sub(variable.read(), tf.mul(rate(time), tf.div(first, tf.add(tf.sqrt(second), epsilon)))));
    },
  });
}

/**
 * RMSProp with PyTorch's smoothing of .99, which the WGAN authors' code uses (TensorFlow's default is .9), and without
 * momentum: w −= η g / √(v + ε²). PyTorch has ε = 1e-8 outside the root; within it, squared, the two agree wherever
 * either √v or ε is much the larger.
 */
export function rmsProp(
  variables: readonly Variable[],
  { learningRate }: { readonly learningRate: number },
): Optimiser {
  const smoothing = 0.99;
  const epsilon = 1e-16;
  return optimiser(variables, {
    scalars: () => [learningRate, smoothing, 0, epsilon],
    fused: applyRmsProp,
    composed(variable, [v], gradient) {
      const second = average(v.read(), tf.square(gradient), smoothing);
      v.write(second);
      variable.write(tf.sub(variable.read(), tf.mul(learningRate, tf.div(gradient, tf.sqrt(tf.add(second, epsilon))))));
    },
  });
}

/** Clips every variable to ±limit: the WGAN critic's Lipschitz bound. */
export function clipVariables(variables: readonly Variable[], limit: number): void {
  for (const variable of variables)
    tf.tidy(() => {
      const value = variable.read();
      const clipped = tf.clipByValue(value, -limit, limit);
      value.dispose();
      variable.write(clipped);
    });
}

type Moments = readonly [Variable, Variable];

/** One rule for moving a variable, as a fused native operation and as a composition of plain ones. */
interface Rule {
  /** What the fused operation takes beside variables, by how often it was applied, this time included. */
  readonly scalars: (time: number) => readonly number[];
  readonly fused: typeof applyAdam;
  /** Within a tidy. */
  readonly composed: (variable: Variable, moments: Moments, gradient: tf.Tensor, time: number) => void;
}

function optimiser(variables: readonly Variable[], rule: Rule): Optimiser {
  const moments = variables.flatMap((variable) => [zerosLike(variable), zerosLike(variable)]);
  const momentsOf = (i: number): Moments => [moments[2 * i] as Variable, moments[2 * i + 1] as Variable];
  return {
    moments,
    updates: 0,
    apply(gradients) {
      if (gradients.length !== variables.length)
        throw new Error(`${gradients.length} gradients for ${variables.length} variables`);
      const time = ++this.updates;
      tf.tidy(() => {
        const scalars = rule.scalars(time).map((value) => tf.scalar(value));
        variables.forEach((variable, i) => {
          const [first, second] = momentsOf(i);
          const gradient = gradients[i] as tf.Tensor;
          if (isResource(variable) && isResource(first) && isResource(second))
            rule.fused([variable, first, second], scalars, gradient);
          // One tidy a variable: temporaries of one layer's size, not of all.
          else tf.tidy(() => rule.composed(variable, [first, second], gradient, time));
        });
      });
    },
    dispose() {
      for (const moment of moments) moment.dispose();
    },
  };
}

/** decay · old + (1 − decay) · value */
function average(old: tf.Tensor, value: tf.Tensor, decay: number): tf.Tensor {
  return tf.add(tf.mul(old, decay), tf.mul(value, 1 - decay));
}
