/** What the stages of a study are given from outside: code, packages and files. Results of other ones do not mix unsaid. */

import { fileContent, fileInputs } from '../execute/file-inputs.ts';
import { surveyAll } from '../execute/survey-all.ts';
import { hashJson } from '../hash.ts';
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
  const given = await givenTo(spec.pipeline, stages, layout, swept);
  return { identity: studyIdentity(spec), given, text: spec.text };
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
