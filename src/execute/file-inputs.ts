/** Files and folders that are there before the run and that a stage depends on. */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Diagnostic, type Place, UserError } from '../errors.ts';
import type { FileParam, Pipeline, Stage } from '../pipeline/types.ts';
import { isErrno } from '../store/files.ts';
import type { HashMemo } from '../store/memo.ts';
import { hashTree, type TreeContent, TreeError } from '../store/tree.ts';

export interface FileInput {
  /** In the key; a param's is `params.<name>`. */
  readonly name: string;
  /** As written: relative to the pipeline's folder, or absolute. */
  readonly path: string;
  readonly place: Place;
  readonly param?: string;
}

/** The paths that the stage declares, and those that params of kind `file` it is given name. */
export function fileInputs(pipeline: Pipeline, stage: Stage): FileInput[] {
  const declared = Object.entries(stage.deps).flatMap(([name, dep]) =>
    dep.kind === 'path' ? [{ name, path: dep.path, place: dep.place }] : [],
  );
  const isGiven = ({ key }: FileParam) => stage.params.some((param) => key === param || key.startsWith(`${param}.`));
  const named = pipeline.fileParams.filter(isGiven);
  return [...declared, ...named.map(({ key, path, place }) => ({ name: `params.${key}`, path, place, param: key }))];
}

/** Throws {@link UserError} where it is not there, or holds what has no hash. */
export async function fileContent(
  pipeline: Pipeline,
  stage: Stage,
  input: FileInput,
  memo: HashMemo,
): Promise<TreeContent> {
  try {
    const path = resolve(pipeline.root, input.path);
    memo.note(path);
    return await hashTree(await realpath(path), memo); // a data set may be a link
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) throw new UserError([missingInput([stage], input)]);
    const unfit = whyUnfit(error);
    if (unfit !== undefined) throw new UserError([unfitInput(stage, input, unfit)]);
    throw error;
  }
}

function whyUnfit(error: unknown): string | undefined {
  if (error instanceof TreeError) return error.message;
  return isErrno(error, 'EACCES', 'EPERM') ? `you may not read it (${(error as Error).message})` : undefined;
}

function unfitInput(stage: Stage, { path, place }: FileInput, why: string): Diagnostic {
  return { severity: 'error', message: `stage ${stage.name} depends on ${path}: ${why}`, place };
}

/** A diagnostic for a path that stages depend on and that is not there: instances share it, and it is one mistake. */
export function missingInput(stages: readonly Stage[], { path, place, param }: FileInput): Diagnostic {
  const names = stages.map(({ name }) => name).join(', ');
  const who = stages.length === 1 ? `stage ${names} depends` : `stages ${names} depend`;
  const relative = 'paths are relative to the folder of pipeline.yaml';
  return {
    severity: 'error',
    message:
      param === undefined
        ? `${who} on ${path}, which does not exist`
        : `${param} names ${path}, which does not exist; ${who} on it`,
    hint: param === undefined ? `${relative}; what another stage writes is named \${stage.output}` : relative,
    place,
  };
}
