/** Looks at everything the stages of a run are given from outside, before any of them runs. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { type Surveyed, survey } from '../plan/surroundings.ts';
import type { Layout } from '../store/layout.ts';
import type { HashMemo } from '../store/memo.ts';
import { missingDependency } from './inputs.ts';

/** Throws one {@link UserError} with every mistake found. */
export async function surveyAll(
  pipeline: Pipeline,
  stages: readonly Stage[],
  layout: Layout,
  memo: HashMemo,
): Promise<Map<string, Surveyed>> {
  const mistakes = stages.flatMap((stage) => missingDependencies(pipeline, stage));
  const surveys = await Promise.all(
    stages.map((stage) =>
      survey(stage, { root: pipeline.root, memo, memoFolder: layout.memo }).catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error;
        mistakes.push(...error.diagnostics);
        return undefined;
      }),
    ),
  );
  if (mistakes.length > 0) throw new UserError(mistakes);
  return new Map(
    surveys.flatMap((surveyed, at) => (surveyed === undefined ? [] : [[stages[at]?.name ?? '', surveyed]])),
  );
}

function missingDependencies(pipeline: Pipeline, stage: Stage) {
  return Object.entries(stage.deps).flatMap(([name, dep]) =>
    dep.kind === 'path' && !existsSync(resolve(pipeline.root, dep.path)) ? [missingDependency(stage, name)] : [],
  );
}
