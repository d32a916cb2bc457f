/**
 * What a model is to the stages: it trains from a {@link TrainContext} into a folder, and comes back from that folder
 * as a {@link Scorer}. Evaluation knows no more of any model. The models by name are in `index.ts`.
 */
import type { Interactions } from '../datasets/interactions.ts';

/** Gives scores; higher means sooner recommended. Only their order within a user has meaning. */
export interface Scorer {
  /** Columns of the score matrix: the items of the training part. */
  readonly items: number;
  /**
   * @param users indices into the rows of the training part.
   * @returns `[users.length, items]`, row-major. NaN is allowed and ranks last. The same user gets the same scores
   * whatever batch it comes in.
   */
  scores(users: Int32Array): Promise<Float32Array>;
  /** Frees what the garbage collector does not. */
  dispose(): void;
}

/** The `model` branch of the params: `name`, and what that model reads. */
export type ModelParams = Readonly<Record<string, unknown>> & { readonly name: string };

export interface TrainContext {
  /** What to learn from: all values above 0. */
  readonly train: Interactions;
  /** For watching only (a live series such as `val_ndcg@10`, early stopping). May be empty. The test part is never here. */
  readonly validation: Interactions;
  /** Rated and not liked: known when the model trains, so not to be recommended where it is validated. */
  readonly unliked: Interactions;
  readonly params: ModelParams;
  readonly seed: number;
  /** How many threads to use. */
  readonly threads: number;
  /** Folder to write the weights into; `model.json` in it is written by the stage. */
  readonly folder: string;
  /** Folder that outlives a killed attempt; empty where there is none. */
  readonly checkpoint: string;
  /** Aborted on SIGTERM: stop soon, keeping a checkpoint where that is supported. */
  readonly signal: AbortSignal;
  /** One point of the live series. */
  report(point: { readonly step: number; readonly [series: string]: number }): void;
  progress(done: number, total?: number, unit?: string): void;
}

export interface LoadContext {
  /** The training part the model learned from: history-conditioned models score from it. */
  readonly train: Interactions;
  readonly params: ModelParams;
  /** The seed it was trained with. */
  readonly seed: number;
  /**
   * For models with noise input: one draw per user from `stream(noiseSeed, 'noise', user)`. Null means no draw: noise is
   * its mean, 0. Models without noise ignore it.
   */
  readonly noiseSeed: number | null;
  readonly threads: number;
}

export interface Model {
  train(context: TrainContext): Promise<void>;
  /** @param folder what {@link train} wrote. */
  load(folder: string, context: LoadContext): Promise<Scorer>;
}

/** `model.json` in the model's folder: enough to load it again without the params file. */
export interface ModelDescription {
  readonly format: 1;
  readonly params: ModelParams;
  readonly seed: number;
  readonly users: number;
  readonly items: number;
}
