/** What CFGAN reads of the `model` params, and the networks they make. */
import type { ModelParams } from '../model.ts';
import { choiceParam, countParam, numberParam } from '../model-params.ts';
import { type Activation, type Architecture, activationNames } from '../network/dense.ts';

export interface CfganSettings {
  /** Rows are users' vectors over items, or items' vectors over users. */
  readonly orientation: 'user' | 'item';
  readonly generatorHidden: number;
  readonly discriminatorHidden: number;
  readonly activation: Activation;
  readonly output: Activation;
  /** Weight of zero reconstruction; 0 turns it off. */
  readonly alpha: number;
  /** Share of the unobserved entries that are pushed to 0, and that the discriminator is shown beside the observed. */
  readonly zeroReconstruction: number;
  readonly partialMasking: number;
}

export function cfganSettings(params: ModelParams): CfganSettings {
  return {
    orientation: choiceParam(params, 'orientation', ['user', 'item']),
    generatorHidden: countParam(params, 'hidden'),
    discriminatorHidden: countParam(params, 'discriminator_hidden'),
    activation: choiceParam(params, 'activation', activationNames),
    output: choiceParam(params, 'output', activationNames),
    alpha: numberParam(params, 'alpha', { min: 0 }),
    zeroReconstruction: numberParam(params, 'zero_reconstruction', { min: 0, max: 1 }),
    partialMasking: numberParam(params, 'partial_masking', { min: 0, max: 1 }),
  };
}

/** Purchase vector → a score for every column. */
export function generatorOf({ generatorHidden, activation, output }: CfganSettings, columns: number): Architecture {
  return { sizes: [columns, generatorHidden, columns], hidden: activation, output };
}

/** `[purchase vector; judged vector]` → a logit. */
export function discriminatorOf({ discriminatorHidden, activation }: CfganSettings, columns: number): Architecture {
  return { sizes: [2 * columns, discriminatorHidden, 1], hidden: activation, output: 'linear' };
}
