/** Optimisers over one network's variables. Each network has one of its own: moments are never shared. */
import * as tf from '@tensorflow/tfjs-core';

export interface Optimiser {
  /** Moves the variables once. @param gradients in the order of the variables. */
  apply(gradients: readonly tf.Tensor[]): void;
  dispose(): void;
}

/**
 * Adam as Keras and TensorFlow compute it: ε is added to √v before its bias is corrected ("epsilon hat" of Kingma & Ba
 * 2015, section 2), w −= η √(1 − β2ᵗ) / (1 − β1ᵗ) · m / (√v + ε). TensorFlow.js' own Adam adds it after, and keeps βᵗ
 * in 32 bits.
 */
export function adam(
  variables: readonly tf.Variable[],
  {
    learningRate,
    beta1,
    beta2 = 0.999,
    epsilon = 1e-7,
  }: {
    readonly learningRate: number;
    readonly beta1: number;
    readonly beta2?: number;
    readonly epsilon?: number;
  },
): Optimiser {
  const first = zerosOf(variables);
  const second = zerosOf(variables);
  let time = 0;
  return {
    apply(gradients) {
      time++;
      const rate = (learningRate * Math.sqrt(1 - beta2 ** time)) / (1 - beta1 ** time);
      update(variables, gradients, (variable, gradient, i) => {
        const m = first[i] as tf.Variable;
        const v = second[i] as tf.Variable;
        m.assign(average(m, gradient, beta1));
        v.assign(average(v, tf.square(gradient), beta2));
        return tf.sub(variable, tf.mul(rate, tf.div(m, tf.add(tf.sqrt(v), epsilon))));
      });
    },
    dispose: () => tf.dispose([...first, ...second]),
  };
}

/**
 * RMSProp with PyTorch's defaults, which the WGAN authors' code uses: smoothing .99, ε = 1e-8 outside the root, no
 * momentum; w −= η g / (√v + ε). (TensorFlow's default smoothing is .9.)
 */
export function rmsProp(
  variables: readonly tf.Variable[],
  { learningRate }: { readonly learningRate: number },
): Optimiser {
  const smoothing = 0.99;
  const epsilon = 1e-8;
  const second = zerosOf(variables);
  return {
    apply(gradients) {
      update(variables, gradients, (variable, gradient, i) => {
        const v = second[i] as tf.Variable;
        v.assign(average(v, tf.square(gradient), smoothing));
        return tf.sub(variable, tf.mul(learningRate, tf.div(gradient, tf.add(tf.sqrt(v), epsilon))));
      });
    },
    dispose: () => tf.dispose([...second]),
  };
}

/** Clips every variable to ±limit: the WGAN critic's Lipschitz bound. */
export function clipVariables(variables: readonly tf.Variable[], limit: number): void {
  tf.tidy(() => {
    for (const variable of variables) variable.assign(tf.clipByValue(variable, -limit, limit));
  });
}

function update(
  variables: readonly tf.Variable[],
  gradients: readonly tf.Tensor[],
  next: (variable: tf.Variable, gradient: tf.Tensor, index: number) => tf.Tensor,
): void {
  if (gradients.length !== variables.length)
    throw new Error(`${gradients.length} gradients for ${variables.length} variables`);
  variables.forEach((variable, i) => {
    // One tidy a variable: temporaries of one layer's size, not of all.
    tf.tidy(() => variable.assign(next(variable, gradients[i] as tf.Tensor, i)));
  });
}

/** decay · old + (1 − decay) · value */
function average(old: tf.Tensor, value: tf.Tensor, decay: number): tf.Tensor {
  return tf.add(tf.mul(old, decay), tf.mul(value, 1 - decay));
}

function zerosOf(variables: readonly tf.Variable[]): readonly tf.Variable[] {
  return variables.map(({ shape }) => tf.tidy(() => tf.variable(tf.zeros(shape), false)));
}
