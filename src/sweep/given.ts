/** What the stages of a study are given from outside: code, packages and files. Results of other ones do not mix unsaid. */

import { fileContent, fileInputs } from '../execute/file-inputs.ts';
import { surveyAll } from '../execute/survey-all.ts';
import { hashJson } from '../hash.ts';
import { flatten, pickParams } from '../pipeline/param-tree.ts';
import type { JsonValue, Pipeline, Stage } from '../pipeline/types.ts';
import { commandShape } from '../plan/config-hash.ts';
import { stagesInOrder } from '../plan/graph.ts';
import type { Layout } from '../store/layout.ts';
import { openMemo } from '../store/memo.ts';
import type { StudyOrigin } from './begin-study.ts';
import { overlaidNames } from './overlay-dimension.ts';
import { type SweepSpec, sweptNames, targetsOf } from './spec.ts';
import { studyIdentity } from './study-identity.ts';

export async function originOf(spec: SweepSpec, layout: Layout): Promise<StudyOrigin> {
  const stages = stagesInOrder(spec.pipeline, targetsOf(spec));
  const swept = new Set([...sweptNames(spec), ...overlaidNames(spec.overlaid)]);
  const further = furtherStages(spec, stages);
  const all = await givenTo(spec.pipeline, [...stages, ...further], layout, swept);
  const of = (some: readonly Stage[]) => some.map(({ name }) => [name, all[name] ?? null] as const);
  const given = Object.fromEntries(of(stages));
  const params = (stage: Stage) => ownParams(spec, stage, swept);
  const givenFinal = further.map((stage) => [stage.name, { ...(all[stage.name] as object), params: params(stage) }]);
  return {
    ...{ identity: studyIdentity(spec), given, text: spec.text },
    ...(spec.final === undefined ? {} : { givenFinal: Object.fromEntries(givenFinal) }),
    ...(spec.finalPlaces === undefined ? {} : { finalPlaces: spec.finalPlaces }),
  };
}

/** Those that a final run has beyond those of a trial. */
function furtherStages({ pipeline, final }: SweepSpec, stages: readonly Stage[]): readonly Stage[] {
  if (final === undefined) return [];
  const names = new Set(stages.map(({ name }) => name));
  return stagesInOrder(pipeline, [final.until]).filter(({ name }) => !names.has(name));
}

/** What it is given that is the same in every final run, and that `final` does not say. */
function ownParams({ pipeline, final }: SweepSpec, stage: Stage, swept: ReadonlySet<string>): JsonValue {
  const { set = {}, bestSteps = [], replicates = [] } = final ?? {};
  const others = new Set(
    [set, ...replicates].flatMap((one) => Object.keys(one)).concat(bestSteps.map((one) => one.param)),
  );
  const params = Object.entries(flatten(pickParams(pipeline.params, stage.params)));
  return Object.fromEntries(params.filter(([name]) => !swept.has(name) && !others.has(name)));
}

/** By stage, in the fields of its key; packages as one hash. Files that swept params name are not among them. */
async function givenTo(
  pipeline: Pipeline,
  stages: readonly Stage[],
  layout: Layout,
  swept: ReadonlySet<string>,
): Promise<Readonly<Record<string, JsonValue>>> {
  const memo = await openMemo(layout.memo);
  const surveys = await surveyAll(pipeline, stages, layout, memo);
  const given: Record<string, JsonValue> = {};
  for (const stage of stages) {
    const surroundings = surveys.get(stage.name)?.surroundings;
    const files = fileInputs(pipeline, stage).filter(({ name }) => !swept.has(name.replace(/^params\./, '')));
    const deps = await Promise.all(
      files.map(async (input) => [input.name, (await fileContent(pipeline, stage, input, memo)).hash] as const),
    );
    given[stage.name] = {
      command: commandShape(stage) as unknown as JsonValue,
      cpus: stage.resources.cpus,
      deps: Object.fromEntries(deps),
      code: surroundings?.code ?? {},
      env: surroundings?.env ?? {},
      runtime: surroundings?.runtime ?? {},
      packages: hashJson(surroundings?.packages ?? {}),
    };
  }
  await memo.save();
  return given;
}
