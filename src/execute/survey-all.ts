/** Looks at everything the stages of a run are given from outside, before any of them runs. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { type Diagnostic, UserError } from '../errors.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { type Surveyed, survey } from '../plan/surroundings.ts';
import type { Layout } from '../store/layout.ts';
import type { HashMemo } from '../store/memo.ts';
import { inParallel } from '../store/tree.ts';
import { type FileInput, fileInputs, missingInput } from './file-inputs.ts';

/** Throws one {@link UserError} with every mistake found. */
export async function surveyAll(
  pipeline: Pipeline,
  stages: readonly Stage[],
  layout: Layout,
  memo: HashMemo,
): Promise<Map<string, Surveyed>> {
  const mistakes = [...missingInputs(pipeline, stages), ...stages.flatMap((stage) => unfitFolder(pipeline, stage))];
  const surveys = await inParallel(stages, (stage) =>
    survey(stage, { root: pipeline.root, memo, memoFolder: layout.memo }).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(...error.diagnostics);
      return undefined;
    }),
  );
  if (mistakes.length > 0) throw new UserError(mistakes);
  return new Map(
    surveys.flatMap((surveyed, at) => (surveyed === undefined ? [] : [[stages[at]?.name ?? '', surveyed]])),
  );
}

function missingInputs(pipeline: Pipeline, stages: readonly Stage[]): Diagnostic[] {
  const missing = new Map<string, { readonly input: FileInput; readonly stages: Stage[] }>();
  for (const stage of stages)
    for (const input of fileInputs(pipeline, stage)) {
      if (existsSync(resolve(pipeline.root, input.path))) continue;
      const same = JSON.stringify([input.path, input.param, input.place]);
      missing.set(same, { input, stages: [...(missing.get(same)?.stages ?? []), stage] });
    }
  return [...missing.values()].map(({ input, stages: needing }) => missingInput(needing, input));
}

/** `cwd` is a folder inside the pipeline's, also where links on its way lead. */
function unfitFolder({ root }: Pipeline, { name, cwd }: Stage): Diagnostic[] {
  if (cwd === undefined) return [];
  const folder = resolve(root, cwd.path);
  const say = (message: string): Diagnostic[] => [
    { severity: 'error', message: `stage ${name} runs in ${cwd.path}, ${message}`, place: cwd.place },
  ];
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return say('which does not exist');
  if (!found.isDirectory()) return say('which is no folder');
  const inside = relative(realpathSync(root), realpathSync(folder));
  return inside.split('/')[0] === '..' ? say('which leads out of the folder of pipeline.yaml') : [];
}
