/** pipeline.yaml, params files and `--set` → a {@link Pipeline}, or every mistake at once. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type Diagnostic, UserError } from '../errors.ts';
import { paramAt } from './param-tree.ts';
import { type DeclaredParams, declareParams, type Laid, overlayParams, setParamText, setParamValue } from './params.ts';
import { readStage, referencePlace } from './read-stage.ts';
import { type PipelineFile, pipelineSchema, reservedStageNames, type StageFile } from './schema.ts';
import { didYouMean } from './suggest.ts';
import type { JsonValue, ParamTree, Pipeline, Stage } from './types.ts';
import { validate } from './validate.ts';
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

/** The nearest pipeline.yaml, from the folder upwards. */
export function findPipeline(from: string): string {
  for (let at = resolve(from); ; at = dirname(at)) {
    const file = join(at, 'pipeline.yaml');
    if (existsSync(file)) return file;
    if (at === dirname(at))
      throw new UserError(
        `there is no pipeline.yaml in ${resolve(from)} or above it`,
        'go to a project, or name one with -C FOLDER',
      );
  }
}

/** Throws one {@link UserError} with every mistake in any of the files. */
export async function loadPipeline(options: LoadOptions): Promise<Pipeline> {
  const source = await readYaml(options.file);
  const root = options.root ?? dirname(resolve(options.file));
  const invalid = await validate(source, pipelineSchema);
  if (invalid.length > 0) throw new UserError(invalid);
  const file = source.value as PipelineFile;
  const paramsFile = options.params ?? (file.params === undefined ? undefined : resolve(root, file.params));
  const readings = Object.entries(file.stages).map(([name, stage]) => readStage(name, stage as StageFile, source));
  const stages = new Map(readings.map(({ stage }) => [stage.name, stage]));
  const mistakes = [...readings.flatMap((reading) => reading.mistakes), ...reserved(source, stages), ...edges(stages)];
  const declared = await collecting(mistakes, () => declareParams(paramsFile));
  const params = declared === undefined ? {} : await resolveParams(declared, options, mistakes);
  if (declared !== undefined) mistakes.push(...unknownParams(source, stages, params));
  if (mistakes.length > 0) throw new UserError(mistakes);
  const sources = [
    { path: basename(options.file), text: source.text },
    ...(declared?.file === undefined ? [] : [{ path: relative(root, declared.file.file), text: declared.file.text }]),
  ];
  return { file: resolve(options.file), root, stages, params, sources, warnings: [] };
}

async function resolveParams(
  declared: DeclaredParams,
  options: LoadOptions,
  mistakes: Diagnostic[],
): Promise<ParamTree> {
  let { tree } = declared;
  const take = (laid: Laid | undefined) => {
    mistakes.push(...(laid?.mistakes ?? []));
    tree = laid?.tree ?? tree;
  };
  for (const overlay of options.overlays ?? [])
    take(await collecting(mistakes, () => overlayParams(declared, tree, resolve(overlay))));
  for (const text of options.set ?? [])
    take(await collecting(mistakes, async () => setParamText(declared, tree, text)));
  for (const [name, value] of Object.entries(options.values ?? {})) take(setParamValue(declared, tree, name, value));
  return tree;
}

/** Keeps the mistakes of one part, so that those of the others are found too. */
async function collecting<T>(mistakes: Diagnostic[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    mistakes.push(...error.diagnostics);
    return undefined;
  }
}

function reserved(file: YamlFile, stages: ReadonlyMap<string, Stage>): Diagnostic[] {
  const taken = [...stages.keys()].filter((name) => (reservedStageNames as readonly string[]).includes(name));
  return taken.map((name) => ({
    severity: 'error',
    message: `a stage cannot be named "${name}": the name has a meaning of its own`,
    place: file.keyPlace(['stages', name]),
  }));
}

/** Edges to stages or outputs that are not there. */
function edges(stages: ReadonlyMap<string, Stage>): Diagnostic[] {
  return [...stages.values()].flatMap((stage) =>
    Object.values(stage.deps).flatMap((dep): Diagnostic[] => {
      if (dep.kind === 'path') return [];
      const from = stages.get(dep.stage);
      const missing =
        from === undefined ? `there is no stage "${dep.stage}"` : `stage ${dep.stage} has no output "${dep.output}"`;
      if (from?.outs[dep.output] !== undefined) return [];
      const known = from === undefined ? stages.keys() : Object.keys(from.outs);
      const hint = didYouMean(from === undefined ? dep.stage : dep.output, known);
      return [{ severity: 'error', message: `${stage.name}: ${missing}`, place: dep.place, ...hint }];
    }),
  );
}

function unknownParams(file: YamlFile, stages: ReadonlyMap<string, Stage>, params: ParamTree): Diagnostic[] {
  return [...stages.values()].flatMap((stage) =>
    stage.params.flatMap((name): Diagnostic[] => {
      if (paramAt(params, name) !== undefined) return [];
      const listed = (file.value as PipelineFile).stages[stage.name] as StageFile | undefined;
      const index = listed?.params?.indexOf(name) ?? -1;
      const place =
        index >= 0
          ? file.place(['stages', stage.name, 'params', index])
          : referencePlace({ kind: 'param', key: name }, file, ['stages', stage.name, 'cmd']);
      return [
        {
          severity: 'error',
          message: `${stage.name}: unknown param "${name}"`,
          place,
          ...didYouMean(name, namesIn(params)),
        },
      ];
    }),
  );
}

/** Every dotted name of the tree, maps included. */
function namesIn(tree: ParamTree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    const inner =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? namesIn(value as ParamTree, `${name}.`)
        : [];
    return [name, ...inner];
  });
}
