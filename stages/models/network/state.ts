/** All that training has moved, as numbers: what a checkpoint keeps, and the best weights so far. */
import { failIfWeightsDiverged } from '../diverged.ts';
import type { Adversaries } from './adversaries.ts';
import { namedVariables } from './dense.ts';
import type { Optimiser } from './optimisers.ts';
import { setValues, type Variable, valuesOf } from './variables.ts';
import { storedValues, type Tensors } from './weights.ts';

/** What moves: variables by name, and optimisers by the name that stands before their moments. */
export interface Moving {
  readonly weights: Readonly<Record<string, Variable>>;
  readonly optimisers: Readonly<Record<string, Optimiser>>;
}

export function movingOf({
  generator,
  discriminator,
  generatorOptimiser,
  discriminatorOptimiser,
}: Adversaries): Moving {
  return {
    weights: prefixed({ generator: namedVariables(generator), discriminator: namedVariables(discriminator) }),
    optimisers: { generator: generatorOptimiser, discriminator: discriminatorOptimiser },
  };
}

export interface TrainingState {
  readonly tensors: Tensors;
  /** Optimiser → how often it was applied. */
  readonly updates: Readonly<Record<string, number>>;
}

export function captureState(moving: Moving): TrainingState {
  return {
    tensors: captured({ ...moving.weights, ...momentsOf(moving) }),
    updates: Object.fromEntries(Object.entries(moving.optimisers).map(([name, { updates }]) => [name, updates])),
  };
}

/** Training goes on from `state` as it would have, bit for bit. */
export function restoreState(moving: Moving, { tensors, updates }: TrainingState): void {
  putBack({ ...moving.weights, ...momentsOf(moving) }, tensors);
  for (const [name, optimiser] of Object.entries(moving.optimisers)) optimiser.updates = updates[name] ?? 0;
}

export function captured(variables: Readonly<Record<string, Variable>>): Tensors {
  return Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, { shape: variable.shape, values: valuesOf(variable) }]),
  );
}

/** The weights that training leaves. Throws DataError where one is not finite. */
export function kept({ weights }: Moving): Tensors {
  const tensors = captured(weights);
  const values = Object.entries(tensors).map(([name, tensor]) => [name, tensor.values] as const);
  failIfWeightsDiverged(Object.fromEntries(values), 'model.learning_rate');
  return tensors;
}

export function putBack(variables: Readonly<Record<string, Variable>>, tensors: Tensors): void {
  for (const [name, variable] of Object.entries(variables))
    setValues(variable, storedValues(tensors, name, variable.shape));
}

function momentsOf({ optimisers }: Moving): Readonly<Record<string, Variable>> {
  return Object.fromEntries(
    Object.entries(optimisers).flatMap(([name, { moments }]) =>
      moments.map((moment, i) => [`${name}/moments/${i}`, moment]),
    ),
  );
}

function prefixed(groups: Readonly<Record<string, Readonly<Record<string, Variable>>>>) {
  return Object.fromEntries(
    Object.entries(groups).flatMap(([prefix, variables]) =>
      Object.entries(variables).map(([name, variable]) => [`${prefix}/${name}`, variable]),
    ),
  );
}
