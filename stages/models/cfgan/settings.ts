/** What CFGAN reads of the `model` params, and the networks they make. */
import { DataError } from '../../data-error.ts';
import type { ModelParams } from '../model.ts';
import { choiceParam, countParam, numberParam, switchParam } from '../model-params.ts';
import { type Activation, activationNames } from '../network/activations.ts';
import type { Architecture } from '../network/dense.ts';
import { isWasserstein, type LossName, lossNames } from '../network/losses.ts';
import { type CriticPlan, checkCritic, criticPlan, type Rules, rulesOf } from '../network/rules.ts';

/** Who moves when, within a round. The negative sets are drawn anew for every round. */
export interface RoundPlan extends CriticPlan {
  /**
   * `passes`: the discriminator's full passes over all rows, then the generator's, as in the authors' code. `updates`:
   * the generator's passes, with updates of the discriminator before each of its own.
   */
  readonly alternate: 'passes' | 'updates';
  /** 0 where nobody judges, as is `criticSteps`; under vanilla that is 1. */
  readonly discriminatorPasses: number;
  readonly generatorPasses: number;
  readonly generatorBatch: number;
  readonly discriminatorBatch: number;
}

export interface CfganSettings {
  /** Rows are users' vectors over items, or items' vectors over users. */
  readonly orientation: 'user' | 'item';
  readonly rules: Rules;
  /** Nobody judges: the adversarial term is squared error to 1 on the observed entries. */
  readonly autoencoder: boolean;
  readonly round: RoundPlan;
  /** Weight of zero reconstruction; 0 turns it off. */
  readonly alpha: number;
  /** Share of the unobserved entries that are pushed to 0, and that the discriminator is shown beside the observed. */
  readonly zeroReconstruction: number;
  readonly partialMasking: number;
  /** `shared`: both are one set, which the authors' code comes to by seeding both draws with the same second. */
  readonly negatives: 'separate' | 'shared';
  readonly generator: Hidden;
  readonly discriminator: Hidden;
  /** Of the generator. */
  readonly output: Activation;
}

/** Hidden layers, all alike. */
interface Hidden {
  readonly layers: number;
  readonly units: number;
  readonly activation: Activation;
  readonly dropout: number;
  readonly batchNorm: boolean;
}

const share = { min: 0, max: 1 };

export function cfganSettings(params: ModelParams): CfganSettings {
  const loss = choiceParam(params, 'loss', [...lossNames, 'autoencoder']);
  const autoencoder = loss === 'autoencoder';
  const rules = rulesOf(params, autoencoder ? 'vanilla' : loss);
  const settings: CfganSettings = {
    orientation: choiceParam(params, 'orientation', ['user', 'item']),
    rules,
    autoencoder,
    round: { ...roundPlan(params, rules.loss), ...(autoencoder ? { discriminatorPasses: 0, criticSteps: 0 } : {}) },
    alpha: numberParam(params, 'alpha', { min: 0 }),
    zeroReconstruction: numberParam(params, 'zero_reconstruction', share),
    partialMasking: numberParam(params, 'partial_masking', share),
    negatives: choiceParam(params, 'negatives', ['separate', 'shared']),
    generator: hiddenOf(params, ''),
    discriminator: hiddenOf(params, 'discriminator_'),
    output: choiceParam(params, 'output', activationNames),
  };
  checkCritic(rules.loss, settings.discriminator);
  checkBatch('', settings.generator, settings.round.generatorBatch);
  if (!autoencoder) checkBatch('discriminator_', settings.discriminator, settings.round.discriminatorBatch);
  if (settings.negatives === 'shared' && settings.zeroReconstruction !== settings.partialMasking)
    throw new DataError(
      'model.negatives: shared needs model.zero_reconstruction and model.partial_masking to be equal',
    );
  return settings;
}

function checkBatch(prefix: '' | 'discriminator_', { batchNorm }: Hidden, rows: number): void {
  if (batchNorm && rows === 1)
    throw new DataError(
      `model.${prefix}batch_norm: a batch of one row has no spread to go by; model.${prefix}batch_size must be 2 or more`,
    );
}

function roundPlan(params: ModelParams, loss: LossName): RoundPlan {
  const batch = countParam(params, 'batch_size');
  const alone = params.discriminator_batch_size === null;
  return {
    alternate: choiceParam(params, 'alternate', ['passes', 'updates']),
    discriminatorPasses: countParam(params, 'discriminator_passes'),
    generatorPasses: countParam(params, 'generator_passes'),
    generatorBatch: batch,
    discriminatorBatch: alone ? batch : countParam(params, 'discriminator_batch_size'),
    ...(isWasserstein(loss) ? criticPlan(params) : { criticSteps: 1, criticSchedule: 'constant' }),
  };
}

function hiddenOf(params: ModelParams, prefix: '' | 'discriminator_'): Hidden {
  return {
    layers: countParam(params, `${prefix}layers`),
    units: countParam(params, `${prefix}hidden`),
    activation: choiceParam(params, `${prefix}activation`, activationNames),
    dropout: numberParam(params, `${prefix}dropout`, { min: 0, max: 0.95 }),
    batchNorm: switchParam(params, `${prefix}batch_norm`),
  };
}

/** Purchase vector → a score for every column. */
export function generatorOf({ generator, output }: CfganSettings, columns: number): Architecture {
  return architecture(columns, generator, columns, output);
}

/** `[purchase vector; judged vector]` → a logit. */
export function discriminatorOf({ discriminator }: CfganSettings, columns: number): Architecture {
  return architecture(2 * columns, discriminator, 1, 'linear');
}

function architecture(inputs: number, hidden: Hidden, outputs: number, output: Activation): Architecture {
  const { layers, units, activation, dropout, batchNorm } = hidden;
  return {
    sizes: [inputs, ...Array<number>(layers).fill(units), outputs],
    hidden: activation,
    output,
    dropout,
    batchNorm,
  };
}
