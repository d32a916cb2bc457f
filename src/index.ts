/**
 * Retrial as a library: load a pipeline, run it, ask what would run, reproduce a past attempt, read the record.
 *
 * ```ts
 * import { layoutOf, loadPipeline, run } from 'retrial';
 * const pipeline = await loadPipeline({ file: 'pipeline.yaml', set: ['seed=2'] });
 * const { metrics } = await run({ pipeline, layout: layoutOf('/absolute/path/runs'), sink: console.error });
 * ```
 */
export { type Diagnostic, type Failure, UserError } from './errors.ts';
export type { RetrialEvent, RunStatus, Sink, StageOutcome } from './events.ts';
export { type Prediction, predict } from './execute/predict.ts';
export { type Reproduction, reproduce } from './execute/reproduce.ts';
export { type RunRequest, type RunResult, run } from './execute/run.ts';
export type { ConfigHash, ContentHash, FingerprintHash } from './hash.ts';
export { findPipeline } from './pipeline/find-pipeline.ts';
export { type LoadOptions, loadPipeline } from './pipeline/load.ts';
export type { Pipeline, Stage } from './pipeline/types.ts';
export { type Index, openIndex, withIndex } from './record/open-index.ts';
export { findRun } from './store/find-run.ts';
export { type Layout, layoutOf } from './store/layout.ts';
export {
  categorical,
  createStudy,
  type FinishedTrial,
  float,
  int,
  type LibraryStudy,
  type OpenTrial,
  type Outcome,
  type Parameter,
  type StudyOptions,
  when,
} from './sweep/library.ts';
export type { PrunerSpec } from './sweep/pruner.ts';
export type { SamplerSpec } from './sweep/sampler.ts';
