/** What can be wrong with the seeds of a sweep file: those of its replicates, and of its final runs. */
import { basename } from 'node:path';
import type { Diagnostic, Place } from '../errors.ts';
import { canonicalJson } from '../hash.ts';
import { flatten } from '../pipeline/param-tree.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { JsonValue, ParamTree, Pipeline } from '../pipeline/types.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { isTarget, stagesInOrder } from '../plan/graph.ts';
import type { Overlays } from './overlay-dimension.ts';
import { replicatedParam, replicatedValues, replicatesKey } from './replicates.ts';
import { isFixed, type Point, type SearchSpace } from './search-space.ts';
import type { ParameterFile, SweepFile } from './spec-schema.ts';

export function replicateMistakes(
  source: SweepFile,
  file: YamlFile,
  replicates: readonly Point[],
  pipeline: Pipeline,
): Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  const key = replicatesKey(source);
  const say = (message: string, more: { hint?: string } = {}) =>
    mistakes.push({ severity: 'error', message: `${key}: ${message}`, place: file.keyPlace([key]), ...more });
  if (source.seeds !== undefined && source.replicates !== undefined)
    say('seeds and replicates exclude each other', { hint: 'seeds: […] is short for replicates: { seed: […] }' });
  const known = Object.keys(flatten(pipeline.params));
  for (const name of Object.keys(replicates[0] ?? {})) {
    if (!known.includes(name)) say(`there is no param "${name}"`, didYouMean(name, known));
    if (name in source.parameters) say(`${name} is a swept parameter too`);
  }
  const start = source.racing?.start;
  if (start !== undefined && start >= replicates.length)
    mistakes.push({
      ...{ severity: 'error', message: `racing: a start of ${start} leaves none of ${replicates.length} replicates` },
      place: file.place(['racing', 'start']),
      hint: 'list more seeds, or take racing away',
    });
  if (new Set(replicates.map((replicate) => canonicalJson(replicate))).size < replicates.length)
    say('a value is listed twice', { hint: 'the same run twice is no second opinion' });
  return mistakes;
}

export function finalMistakes(
  source: SweepFile,
  space: SearchSpace,
  overlaid: Overlays,
  file: YamlFile,
  pipeline: Pipeline,
): Diagnostic[] {
  const { final, parameters } = source;
  if (final === undefined) return [];
  const mistakes: Diagnostic[] = [];
  const say = (message: string, place: Place, more: { hint?: string } = {}) =>
    mistakes.push({ severity: 'error', message: `final: ${message}`, place, ...more });
  if (isTarget(pipeline, final.until) && !stagesInOrder(pipeline, [final.until]).some(({ holdout }) => holdout))
    say(`${final.until} sees no held-out data: its runs would be trials once more`, file.place(['final', 'until']), {
      hint: `a stage that looks at the test part says so in ${basename(pipeline.file)}: holdout: true`,
    });
  if (!isTarget(pipeline, final.until))
    say(
      `there is no stage "${final.until}"`,
      file.place(['final', 'until']),
      didYouMean(final.until, pipeline.stages.keys()),
    );
  for (const [at, name] of (final.per ?? []).entries())
    if (!(name in parameters))
      say(
        `${name} is not among the parameters`,
        file.place(['final', 'per', at]),
        didYouMean(name, Object.keys(parameters)),
      );
  const known = Object.keys(flatten(pipeline.params));
  const param = replicatedParam(source);
  const chosen = space.filter((dimension) => !isFixed(dimension)).map(({ name }) => name);
  for (const name of Object.keys(flatten((final.set ?? {}) as ParamTree)))
    if (chosen.includes(name))
      say(`${name} is a swept parameter: the runs would not be those of the best`, file.keyPlace(['final', 'set']));
    else if (name === param) say(`${param} is what seeds: gives each run`, file.keyPlace(['final', 'set']));
    else if (!known.includes(name))
      say(`there is no param "${name}"`, file.keyPlace(['final', 'set']), didYouMean(name, known));
  if (chosen.includes(param))
    say(`${param} is a swept parameter: the runs would not be those of the best`, file.keyPlace(['final', 'seeds']), {
      hint: `several runs of each point are seeds: […], or replicates: { ${param}: […] }`,
    });
  const searched = searchedSeeds(source, overlaid, pipeline);
  for (const [at, seed] of final.seeds.entries())
    if (final.seeds.indexOf(seed) < at)
      say(`${seed} is listed twice`, file.place(['final', 'seeds', at]), {
        hint: 'the same run twice is no second opinion',
      });
    else if (searched.some((value) => canonicalJson(value) === canonicalJson(seed)))
      say(`${seed} is a seed of the search too`, file.place(['final', 'seeds', at]), {
        hint: 'the best was chosen by what it reached under that seed: take others',
      });
  return mistakes;
}

/** What the replicated param is in the runs of trials. */
function searchedSeeds(source: SweepFile, overlaid: Overlays, { params }: Pipeline): readonly JsonValue[] {
  const param = replicatedParam(source);
  const replicated = replicatedValues(source);
  if (replicated !== undefined) return replicated;
  const swept = source.parameters[param] as ParameterFile | undefined;
  const own = swept === undefined ? [flatten(params)[param]] : ((swept.values ?? []) as readonly JsonValue[]);
  const laid = Object.values(overlaid).map(({ changes }) => changes[param]);
  return [...own, ...laid].flatMap((value) => (value === undefined ? [] : [value]));
}
