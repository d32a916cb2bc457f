/** The `evaluate` params and the stage's inputs, made into what is ranked against what. */
import { DataError } from '../data-error.ts';
import { type Interactions, interactionsOf, type Shape } from '../datasets/interactions.ts';
import { oneOf } from '../one-of.ts';
import type { Protocol } from './evaluate-scorer.ts';

export interface EvaluateParams {
  /**
   * `held-out`: the truth is a part no model trained on, and what was known is not recommended. `leaked`: the notebook's;
   * the truth is the training matrix itself and nothing is masked, so that learning by heart is perfect.
   */
  readonly protocol: 'held-out' | 'leaked';
  readonly k: readonly number[];
  /** Ratings of the truth from this on are relevant. */
  readonly relevance: number;
  /** `train`: items of the training part may be recommended, and a truth beyond them is left out. `all`: any item. */
  readonly candidates: 'train' | 'all';
  /** Of models with a noise input: `draw` one per user, from `noise_seed`, or take its `mean`. */
  readonly noise: 'draw' | 'mean';
  readonly noise_seed: number;
}

export interface Parts {
  /** What the model trained on. */
  readonly train: Interactions;
  /** Further entries known when the model trained, such as unliked ones: not recommended under `held-out`. */
  readonly known: readonly Interactions[];
  readonly truth: Interactions;
}

export interface ResolvedProtocol extends Protocol {
  /** Entries of the truth that were not relevant, and relevant ones that are no candidates. */
  readonly irrelevant: number;
  readonly unreachable: number;
}

export function protocolOf(params: EvaluateParams, parts: Parts): ResolvedProtocol {
  checkCutoffs(params.k);
  const { train } = parts;
  const leaked = oneOf('evaluate.protocol', params.protocol, { leaked: true, 'held-out': false });
  const whole = leaked ? train : parts.truth;
  const allItems = Math.max(train.items, parts.truth.items);
  const candidates = oneOf('evaluate.candidates', params.candidates, { train: train.items, all: allItems });
  // The training matrix holds liked entries alone, whatever their value.
  const relevant = filtered(whole, (_item, value) => leaked || value >= params.relevance);
  const truth = filtered(relevant, (item) => item < candidates);
  const seen = leaked ? emptyOf(train) : unionOf([train, ...parts.known], train);
  const irrelevant = whole.columns.length - relevant.columns.length;
  const unreachable = relevant.columns.length - truth.columns.length;
  return { truth, seen, candidates, cutoffs: params.k, irrelevant, unreachable };
}

function checkCutoffs(cutoffs: readonly number[]): void {
  const valid = cutoffs.length > 0 && cutoffs.every((k) => Number.isInteger(k) && k > 0);
  if (!valid || new Set(cutoffs).size < cutoffs.length)
    throw new DataError(`evaluate.k: ${JSON.stringify(cutoffs)} is not a list of different whole numbers from 1`);
}

function filtered(from: Interactions, keep: (item: number, value: number) => boolean): Interactions {
  return interactionsOf(
    [...entries(from)].filter(({ item, value }) => keep(item, value)),
    from,
  );
}

/** Entries of any of the parts; the value of a pair in several is that of the last. */
export function unionOf(parts: readonly Interactions[], shape: Shape): Interactions {
  const union = new Map<number, { user: number; item: number; value: number }>();
  for (const part of parts) for (const entry of entries(part)) union.set(entry.user * shape.items + entry.item, entry);
  return interactionsOf([...union.values()], shape);
}

function emptyOf(shape: Shape): Interactions {
  return interactionsOf([], shape);
}

function* entries({ users, rowStart, columns, values }: Interactions) {
  for (let user = 0; user < users; user++)
    for (let i = rowStart[user] as number; i < (rowStart[user + 1] as number); i++)
      yield { user, item: columns[i] as number, value: values[i] as number };
}
