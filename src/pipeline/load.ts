/** pipeline.yaml, params files and `--set` → a {@link Pipeline}, or every mistake at once. */
import { basename, dirname, resolve } from 'node:path';
import { type Diagnostic, UserError } from '../errors.ts';
import { type Aliases, aliasMistakes } from './aliases.ts';
import isPipeline from './check-pipeline.js';
import { checkEdges, checkName, checkParams, idleSettings } from './check-wiring.ts';
import { type Expanded, expandStage } from './expand-stage.ts';
import { leaks } from './held-out.ts';
import { inOrder } from './in-order.ts';
import { isMap } from './param-tree.ts';
import type { Groups } from './read-deps.ts';
import { readStage } from './read-stage.ts';
import { type ResolvedParams, resolveParams } from './resolve-params.ts';
import { pipelineSchema, type WrittenStage } from './schema.ts';
import type { SchemaMistake } from './schema-mistake.ts';
import type { StageSource } from './stage-source.ts';
import type { JsonValue, Pipeline, Stage } from './types.ts';
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
  const mistakes = against.map(({ diagnostic }) => diagnostic);
  const aliases = against.some(({ path }) => path[0] === 'aliases') ? {} : ((value.aliases ?? {}) as Aliases);
  const declaring = declaringFile(options, root, file);
  const params = declaring && (await resolveParams({ ...options, root, aliases, ...declaring }, mistakes));
  const expanded = readableStages(file, against).map(([name, stage]) => expandStage(name, stage, file, params?.tree));
  const stages = wiredStages(expanded, file, params, mistakes);
  if (params !== undefined) mistakes.push(...aliasMistakes(aliases, params, file));
  if (mistakes.length > 0 || params === undefined) throw new UserError(inOrder(mistakes));
  const listed = expanded.flatMap((one) => one.params);
  return {
    ...{ file: resolve(options.file), root, stages, params: params.tree, fileParams: params.files, aliases },
    ...(typeof value.remote === 'string' ? { remote: resolve(root, value.remote) } : {}),
    sources: [{ path: basename(options.file), text: file.text }, ...params.sources],
    warnings: [
      ...params.warnings,
      ...idleSettings(options.set ?? [], stages.values(), listed, aliases),
      ...leaks(stages),
    ],
  };
}

/** Stages that the schema finds no fault with: the rest of the checks can rely on their form. */
function readableStages({ value }: YamlFile, against: readonly SchemaMistake[]): [string, WrittenStage][] {
  const stages = isMap(value) && isMap(value.stages) ? value.stages : {};
  const wrong = new Set(against.filter(({ path }) => path[0] === 'stages').map(({ path }) => path[1]));
  return Object.entries(stages).flatMap(([name, stage]) => (wrong.has(name) ? [] : [[name, stage as WrittenStage]]));
}

/** Reads each stage, and checks what leads from one to another. */
function wiredStages(
  expanded: readonly Expanded[],
  { value }: YamlFile,
  params: ResolvedParams | undefined,
  mistakes: Diagnostic[],
): Map<string, Stage> {
  const groups: Groups = new Map(
    expanded.flatMap(({ name, instances }) =>
      instances === undefined ? [] : [[name, instances === 'unknown' ? undefined : instances]],
    ),
  );
  const sources = expanded.flatMap((one) => one.sources);
  const stages = new Map(sources.map((source) => [source.name, readStage(source, groups)]));
  const declared = Object.keys(isMap(value) && isMap(value.stages) ? value.stages : {});
  const names = new Set([...declared.filter((name) => !groups.has(name)), ...stages.keys()]);
  for (const source of sources) {
    const stage = stages.get(source.name) as Stage;
    checkName(source);
    checkEdges(stage, source, { stages, names, groups });
    if (params !== undefined) checkParams(stage, source, params);
  }
  mistakes.push(...expanded.flatMap((one) => one.mistakes), ...eachOnce(sources));
  return stages;
}

/** What is wrong with all instances of a stage is said of the first. */
function eachOnce(sources: readonly StageSource[]): Diagnostic[] {
  const said = new Set<string>();
  return sources.flatMap(({ name, group = name, mistakes }) =>
    mistakes.filter(({ message, place }) => {
      const what = JSON.stringify([group, message.slice(name.length), place?.line, place?.column]);
      return !said.has(what) && said.add(what);
    }),
  );
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
