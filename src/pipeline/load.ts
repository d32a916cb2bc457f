/** pipeline.yaml, params files and `--set` → a {@link Pipeline}, or every mistake at once. */
import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import isPipeline from './check-pipeline.js';
import { checkEdges, checkName, checkParams, idleSettings } from './check-wiring.ts';
import { inOrder } from './in-order.ts';
import { isMap } from './param-tree.ts';
import { readStage } from './read-stage.ts';
import { resolveParams } from './resolve-params.ts';
import { pipelineSchema, type StageFile } from './schema.ts';
import type { SchemaMistake } from './schema-mistake.ts';
import { type StageSource, stageSource } from './stage-source.ts';
import type { JsonValue, Pipeline } from './types.ts';
import { schemaMistakes } from './validate.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

export interface LoadOptions {
  /** Path of pipeline.yaml. */
  readonly file: string;
  /** The folder that paths in it are relative to; its own where absent. */
  readonly root?: string;
  /** Declares the params instead of the file that pipeline.yaml names: for a recorded config. */
  readonly params?: string;
  /** Params files laid over the defaults, in order; relative to the working directory. */
  readonly overlays?: readonly string[];
  /** `key=value`, values as YAML, laid over the overlays. */
  readonly set?: readonly string[];
  /** Dotted name → value, laid over all else. */
  readonly values?: Readonly<Record<string, JsonValue>>;
}

/** Throws one {@link UserError} with every mistake in any of the files. */
export async function loadPipeline(options: LoadOptions): Promise<Pipeline> {
  const file = await readYaml(options.file);
  const root = options.root ?? dirname(resolve(options.file));
  const against = isPipeline(file.value) ? [] : await schemaMistakes(file, pipelineSchema);
  const { value } = file;
  if (!isMap(value)) throw new UserError(against.map(({ diagnostic }) => diagnostic));
  const sources = readableStages(file, against);
  const stages = new Map(sources.map((source) => [source.name, readStage(source)]));
  const mistakes = against.map(({ diagnostic }) => diagnostic);
  const declaring = declaringFile(options, root, file);
  const params = declaring && (await resolveParams({ ...options, root, ...declaring }, mistakes));
  const names = isMap(value.stages) ? Object.keys(value.stages) : [];
  for (const source of sources) {
    const stage = stages.get(source.name);
    if (stage === undefined) continue;
    checkName(source);
    checkEdges(stage, source, stages, names);
    if (params !== undefined) checkParams(stage, source, params);
    mistakes.push(...source.mistakes);
  }
  if (mistakes.length > 0 || params === undefined) throw new UserError(inOrder(mistakes));
  return {
    ...{ file: resolve(options.file), root, stages, params: params.tree },
    sources: [{ path: basename(options.file), text: file.text }, ...params.sources],
    warnings: idleSettings(options.set ?? [], stages.values()),
  };
}

/** Stages that the schema finds no fault with: the rest of the checks can rely on their form. */
function readableStages(file: YamlFile, against: readonly SchemaMistake[]): StageSource[] {
  const stages = isMap(file.value) && isMap(file.value.stages) ? file.value.stages : {};
  const wrong = new Set(against.filter(({ path }) => path[0] === 'stages').map(({ path }) => path[1]));
  return Object.entries(stages)
    .filter(([name]) => !wrong.has(name))
    .map(([name, stage]) => stageSource(name, stage as unknown as StageFile, file));
}

/** What declares the params: a recorded config, or the file that pipeline.yaml names. Undefined where that is wrong. */
function declaringFile({ params }: LoadOptions, root: string, file: YamlFile) {
  if (params !== undefined) return { declaring: params, recorded: true };
  const named = isMap(file.value) ? file.value.params : undefined;
  if (named === undefined) return { declaring: undefined };
  return typeof named === 'string' && named !== ''
    ? { declaring: resolve(root, named), namedAt: file.place(['params']) }
    : undefined;
}
