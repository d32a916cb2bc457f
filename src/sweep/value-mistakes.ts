/** Whether params can be what the sweep makes of them, and whether it matters to any stage. */
import { type Diagnostic, type Place, UserError } from '../errors.ts';
import { loadPipeline } from '../pipeline/load.ts';
import { flatten } from '../pipeline/param-tree.ts';
import type { JsonValue, ParamTree, Stage } from '../pipeline/types.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { type Overlays, overlayName } from './overlay-dimension.ts';
import { replicatedParam, replicatesKey } from './replicates.ts';
import { type Dimension, type Point, type SearchSpace, stepped } from './search-space.ts';
import type { SweepFile } from './spec-schema.ts';

/** What no stage of a trial is given changes nothing: its points would all be the same run. */
export function idleMistakes(
  source: SweepFile,
  space: SearchSpace,
  overlaid: Overlays,
  replicates: readonly Point[],
  stages: readonly Stage[],
  file: YamlFile,
): Diagnostic[] {
  const given = [...new Set(stages.flatMap(({ params }) => params))];
  const isGiven = (name: string) =>
    given.some((key) => key === name || name.startsWith(`${key}.`) || key.startsWith(`${name}.`));
  const swept = paramsOf(source, space).map(({ name }) => {
    return { name, names: [name], place: file.keyPlace(['parameters', name]) };
  });
  const repeated = Object.keys(replicates[0] ?? {}).map((name) => {
    return { name, names: [name], place: file.keyPlace([replicatesKey(source)]) };
  });
  const laid = Object.entries(overlaid).map(([name, { changes }], at) => {
    return { name: `what ${name} sets`, names: Object.keys(changes), place: file.place(['overlays', at]) };
  });
  return [...swept, ...repeated, ...laid]
    .filter(({ names }) => names.length > 0 && !names.some(isGiven))
    .map(({ name, place }) => ({
      ...{ severity: 'error', message: `no stage that a trial runs is given ${name}`, place },
      hint: `they are given ${given.join(', ') || 'no params'}`,
    }));
}

/** Without the dimension that is none: the overlays. */
function paramsOf({ overlays }: SweepFile, space: SearchSpace): SearchSpace {
  return overlays === undefined ? space : space.filter(({ name }) => name !== overlayName);
}

interface Base {
  readonly pipelineFile: string;
  readonly overlays: readonly string[];
}

/** Every value is tried on the param it is meant for; of a range, two that tell what kind of numbers are drawn. */
export async function valueMistakes(
  source: SweepFile,
  base: Base,
  space: SearchSpace,
  replicates: readonly Point[],
  file: YamlFile,
): Promise<Diagnostic[]> {
  const key = replicatesKey(source);
  const repeated = replicates.flatMap((replicate, at) =>
    Object.entries(replicate).map(([name, value]) => {
      return { name, value, place: file.place(key === 'seeds' ? [key, at] : [key, name, at]) };
    }),
  );
  const samples = [
    ...paramsOf(source, space).flatMap((dimension) => samplesOf(dimension, file)),
    ...repeated,
    ...finalSamples(source, file),
  ];
  const mistakes: Diagnostic[] = [];
  for (const { name, value, place } of samples) {
    const said = await diagnosticsOf(() =>
      loadPipeline({ file: base.pipelineFile, overlays: base.overlays, values: { [name]: value } }),
    );
    mistakes.push(...said.map((diagnostic) => ({ ...diagnostic, place })));
  }
  return mistakes;
}

interface Sample {
  readonly name: string;
  readonly value: JsonValue;
  readonly place: Place;
}

function samplesOf({ name, distribution }: Dimension, file: YamlFile): Sample[] {
  if (distribution.kind === 'categorical')
    return distribution.values.map((value, at) => ({
      name,
      value,
      place: file.place(['parameters', name, 'values', at]),
    }));
  const { low, high, step } = distribution;
  const second = step === undefined ? low + (high - low) / Math.PI : stepped(low, step, 1);
  const drawn = distribution.kind === 'int' ? [low] : [low, second];
  return drawn.map((value) => ({ name, value, place: file.keyPlace(['parameters', name]) }));
}

/** The final runs come last: what would fail them is said before anything runs. */
function finalSamples(source: SweepFile, file: YamlFile): Sample[] {
  const { final } = source;
  if (final === undefined) return [];
  const param = replicatedParam(source);
  const seeds = final.seeds.map((value, at) => ({ name: param, value, place: file.place(['final', 'seeds', at]) }));
  const set = Object.entries(flatten((final.set ?? {}) as ParamTree) as Point);
  const steps = Object.keys(final.best_step ?? {}).map((name) => {
    return { name, value: 1, place: file.keyPlace(['final', 'best_step', name]) };
  });
  return [...seeds, ...set.map(([name, value]) => ({ name, value, place: file.keyPlace(['final', 'set']) })), ...steps];
}

async function diagnosticsOf(work: () => Promise<unknown>): Promise<readonly Diagnostic[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (error instanceof UserError) return error.diagnostics;
    throw error;
  }
}
