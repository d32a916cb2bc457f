/** The rules two networks play by, as params say them, and the optimisers that follow from the loss. */
import { DataError } from '../../data-error.ts';
import type { ModelParams } from '../model.ts';
import { choiceParam, countParam, numberParam } from '../model-params.ts';
import { type DenseNetwork, variablesOf } from './dense.ts';
import { type GeneratorLossName, generatorLossNames, type LossName, lossNames } from './losses.ts';
import { adam, type Optimiser, rmsProp } from './optimisers.ts';

export interface Rules {
  readonly loss: LossName;
  readonly generatorLoss: GeneratorLossName;
  readonly generatorLearningRate: number;
  readonly discriminatorLearningRate: number;
  /** Of Adam. */
  readonly beta1: number;
  readonly beta2: number;
  /** λ of λ · Σ ½ ‖θ‖², biases included. */
  readonly generatorL2: number;
  readonly discriminatorL2: number;
  /** wgan: after each of its updates the critic's variables are clipped to ±clip. */
  readonly clip: number;
  /** wgan-gp: λ of the gradient penalty. */
  readonly penalty: number;
}

/** @param loss where a model has losses of its own beside these, the one of its rules. */
export function rulesOf(params: ModelParams, loss: LossName = choiceParam(params, 'loss', lossNames)): Rules {
  const learningRate = numberParam(params, 'learning_rate', { min: 0 });
  const beta = { min: 0, max: 1 - Number.EPSILON };
  return {
    loss,
    generatorLoss: choiceParam(params, 'generator_loss', generatorLossNames),
    generatorLearningRate: learningRate,
    discriminatorLearningRate:
      params.discriminator_learning_rate === null
        ? learningRate
        : numberParam(params, 'discriminator_learning_rate', { min: 0 }),
    beta1: numberParam(params, 'beta1', beta),
    beta2: numberParam(params, 'beta2', beta),
    generatorL2: numberParam(params, 'l2', { min: 0 }),
    discriminatorL2: numberParam(params, 'discriminator_l2', { min: 0 }),
    clip: numberParam(params, 'clip', { min: 0 }),
    penalty: numberParam(params, 'gradient_penalty', { min: 0 }),
  };
}

/** How often a critic moves before each move of the generator. */
export interface CriticPlan {
  readonly criticSteps: number;
  /** `published`: as in the WGAN authors' code, 100 before each of the first 25 of the generator's and every 500th. */
  readonly criticSchedule: 'constant' | 'published';
}

export function criticPlan(params: ModelParams): CriticPlan {
  return {
    criticSteps: countParam(params, 'critic_steps'),
    criticSchedule: choiceParam(params, 'critic_schedule', ['constant', 'published']),
  };
}

/** @param moved how often the generator has moved. */
export function criticSteps({ criticSteps, criticSchedule }: CriticPlan, moved: number): number {
  return criticSchedule === 'published' && (moved < 25 || moved % 500 === 0) ? 100 : criticSteps;
}

/** Throws DataError where a critic under gradient penalty would have what ties rows together or makes them random. */
export function checkCritic(loss: LossName, critic: { readonly dropout: number; readonly batchNorm: boolean }): void {
  if (loss !== 'wgan-gp') return;
  if (critic.batchNorm)
    throw new DataError(
      'model.discriminator_batch_norm: not under wgan-gp, whose penalty is on the gradient of each row alone',
    );
  if (critic.dropout > 0)
    throw new DataError(
      'model.discriminator_dropout: not under wgan-gp, whose penalty is on the gradient of one critic',
    );
}

/** wgan: RMSProp, as its authors found momentum to make the critic unstable; else Adam. */
export function optimiserOf(network: DenseNetwork, rules: Rules, learningRate: number): Optimiser {
  if (rules.loss === 'wgan') return rmsProp(variablesOf(network), { learningRate });
  return adam(variablesOf(network), { learningRate, beta1: rules.beta1, beta2: rules.beta2 });
}
