/** `sampler:` and `pruner:` of a sweep file, and what in them belongs to none or to another. */
import type { Diagnostic } from '../errors.ts';
import { splitName } from '../pipeline/metric-names.ts';
import type { Goal, Pipeline } from '../pipeline/types.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { defaultPruner, defaultSampler } from './defaults.ts';
import type { PrunerSpec } from './pruner.ts';
import type { SamplerSpec } from './sampler.ts';
import type { SweepFile } from './spec-schema.ts';

type SamplerFile = NonNullable<SweepFile['sampler']>;
type PrunerFile = NonNullable<SweepFile['pruner']>;

/** Settings that each takes, those it cannot do without marked. */
const samplerSettings: Readonly<Record<SamplerFile['type'], readonly string[]>> = {
  grid: [],
  random: ['seed'],
  qmc: ['seed', 'sequence', 'scramble'],
  tpe: ['seed', 'startup_trials', 'candidates', 'multivariate', 'constant_liar'],
  cmaes: ['seed', 'startup_trials', 'population', 'sigma'],
  gp: ['seed', 'startup_trials'],
  nsgaii: ['seed', 'population'],
};
const prunerSettings: Readonly<Record<PrunerFile['type'], readonly string[]>> = {
  median: ['startup_trials', 'warmup_steps', 'min_trials'],
  percentile: ['percentile!', 'startup_trials', 'warmup_steps', 'min_trials'],
  asha: ['min_step!', 'max_step!', 'reduction'],
  hyperband: ['min_step!', 'max_step!', 'reduction'],
  patience: ['patience!', 'min_delta'],
  threshold: ['lower', 'upper', 'warmup_steps'],
};

/** A grid where nothing is said. */
export function samplerSpec({ sampler = { type: 'grid' } }: SweepFile): SamplerSpec {
  const { startup_trials: startupTrials, constant_liar: constantLiar, ...rest } = sampler;
  return defaultSampler(withoutUndefined({ ...rest, startupTrials, constantLiar }));
}

export function prunerSpec({ pruner }: SweepFile): PrunerSpec | undefined {
  if (pruner === undefined) return undefined;
  const { startup_trials: startupTrials, warmup_steps: warmupSteps, min_trials: minTrials } = pruner;
  const { min_step: minStep, max_step: maxStep, min_delta: minDelta } = pruner;
  const { type, percentile, reduction, patience, lower, upper } = pruner;
  return defaultPruner(
    withoutUndefined({
      ...{ type, percentile, reduction, patience, lower, upper },
      ...{ startupTrials, warmupSteps, minTrials, minStep, maxStep, minDelta },
    }),
  );
}

function withoutUndefined<T extends object>(settings: T): T {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as T;
}

export interface PrunedSeries {
  readonly stage: string;
  readonly series: string;
  readonly goal: Goal;
}

/** What the pruner reads; its goal is the one pipeline.yaml declares, else the objective's. */
export function prunedSeries({ pruner }: SweepFile, pipeline: Pipeline, goal: Goal): PrunedSeries | undefined {
  if (pruner === undefined) return undefined;
  const [stage, series] = splitName(pruner.metric);
  return { stage, series, goal: pipeline.stages.get(stage)?.series[series]?.goal ?? goal };
}

export function settingMistakes(source: SweepFile, file: YamlFile): Diagnostic[] {
  const ofSampler = source.sampler && foreign('sampler', source.sampler, samplerSettings[source.sampler.type], file);
  const ofPruner = source.pruner && foreign('pruner', source.pruner, prunerSettings[source.pruner.type], file);
  return [...(ofSampler ?? []), ...(ofPruner ?? []), ...pruneMistakes(source, file)];
}

function foreign(
  part: 'sampler' | 'pruner',
  given: { readonly type: string },
  settings: readonly string[],
  file: YamlFile,
): Diagnostic[] {
  const takes = settings.map((name) => name.replace('!', ''));
  const extra = Object.keys(given).filter((name) => name !== 'type' && name !== 'metric' && !takes.includes(name));
  const missing = settings.filter((name) => name.endsWith('!') && !(name.slice(0, -1) in given));
  const hint = takes.length === 0 ? 'it takes no setting' : `it takes ${takes.join(', ')}`;
  return [
    ...extra.map((name): Diagnostic => {
      const message = `${part}: ${given.type} has no ${name}`;
      return { severity: 'error', message, place: file.keyPlace([part, name]), hint };
    }),
    ...missing.map((name): Diagnostic => {
      const message = `${part}: ${given.type} needs ${name.slice(0, -1)}`;
      return { severity: 'error', message, place: file.keyPlace([part]), hint };
    }),
  ];
}

function pruneMistakes({ pruner }: SweepFile, file: YamlFile): Diagnostic[] {
  const say = (message: string, key: string): Diagnostic => ({
    ...{ severity: 'error', message: `pruner: ${message}`, place: file.keyPlace(['pruner', key]) },
  });
  if (pruner === undefined) return [];
  const { min_step: min, max_step: max, lower, upper } = pruner;
  return [
    ...(min !== undefined && max !== undefined && min > max
      ? [say(`min_step ${min} is above max_step ${max}`, 'min_step')]
      : []),
    ...(pruner.type === 'threshold' && lower === undefined && upper === undefined
      ? [say('threshold needs lower, upper or both', 'type')]
      : []),
    ...(lower !== undefined && upper !== undefined && lower >= upper
      ? [say(`lower ${lower} is not below upper ${upper}`, 'lower')]
      : []),
  ];
}
