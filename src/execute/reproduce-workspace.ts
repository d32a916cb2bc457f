/**
 * Rebuilds the project of a past attempt from its record, aside from today's: recorded code, lock files and small
 * dependencies; today's installed packages and large dependencies by links.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { type ContentHash, hashFile, short } from '../hash.ts';
import { loadPipeline } from '../pipeline/load.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { Layout } from '../store/layout.ts';
import { ObjectError, restoreObject } from '../store/objects.ts';
import type { AttemptInputs } from './attempt-inputs.ts';
import { placeInputs, recordedInputs } from './reproduce-dependencies.ts';
import { installRecorded } from './reproduce-install.ts';
import { codeOf, expectConfigOf, type RecordedAttempt } from './reproduce-record.ts';
import { linkPackages, packagesAbove, placeLinks, rootFor, shutOff } from './workspace.ts';

export interface Workspace {
  readonly pipeline: Pipeline;
  /** The stages that are run in it. */
  readonly stages: readonly string[];
}

export interface RebuildOptions {
  readonly layout: Layout;
  readonly recorded: RecordedAttempt;
  readonly inputs: AttemptInputs;
  /** Today's project: its packages and large files are linked to. */
  readonly root: string;
  /** The folder of this reproduction. */
  readonly aside: string;
  /** Install the recorded packages instead of linking to today's. */
  readonly install: boolean;
  readonly signal: AbortSignal;
}

/**
 * One project in most cases; stages that the attempt carried over from others may need another version of a file, and
 * get a project of their own. Throws {@link UserError} where code is neither on record nor in today's project.
 */
export async function rebuild(options: RebuildOptions): Promise<Workspace[]> {
  const { layout, inputs, recorded, aside } = options;
  const plan = await recordedPipeline(options, aside, aside);
  const built: Workspace[] = [];
  for (const { code, stages } of groupByInputs(recorded, plan)) {
    const files = { ...inputs.files, ...Object.fromEntries(code) };
    const above = Object.keys(files).some((path) => path.startsWith('../')) ? await packagesAbove(options.root) : [];
    const { links = {} } = inputs;
    const paths = [...Object.keys(files), ...above, ...Object.entries(links).flat()];
    const folder = join(aside, `project-${built.length + 1}`);
    await shutOff(folder);
    const root = rootFor(folder, paths);
    await placeLinks(root, links);
    await writeFiles(options, root, files);
    if (options.install) await installRecorded(root, options.signal);
    await linkPackages(options.root, root, paths);
    const pipeline = await recordedPipeline(options, root, root);
    const placed = new Map(pipeline.stages);
    for (const name of stages) {
      const stage = pipeline.stages.get(name);
      const lock = recorded.stages.get(name)?.lock;
      if (stage === undefined || lock === undefined) continue;
      if (stage.cwd !== undefined) await mkdir(resolve(root, stage.cwd.path), { recursive: true });
      const placing = { layout, inputs, root: options.root, elsewhere: join(aside, 'dependencies') };
      placed.set(name, await placeInputs(placing, pipeline, stage, recordedInputs(pipeline, stage, lock)));
    }
    built.push({ stages, pipeline: { ...pipeline, stages: placed } });
  }
  return built;
}

interface InputGroup {
  readonly stages: string[];
  readonly code: Map<string, ContentHash>;
  readonly dependencies: Map<string, ContentHash>;
}

/** Stages are together as long as no two of them need different contents of one path. */
function groupByInputs(recorded: RecordedAttempt, pipeline: Pipeline): InputGroup[] {
  const groups: InputGroup[] = [];
  for (const [name, { lock }] of recorded.stages) {
    const stage = pipeline.stages.get(name);
    const code = Object.entries(codeOf(lock));
    const inputs = stage === undefined ? [] : recordedInputs(pipeline, stage, lock);
    const dependencies = inputs.map(({ path, hash }) => [path, hash] as const);
    const agrees = (known: InputGroup['code'], needed: readonly (readonly [string, ContentHash])[]) =>
      needed.every(([path, hash]) => (known.get(path) ?? hash) === hash);
    let group = groups.find((other) => agrees(other.code, code) && agrees(other.dependencies, dependencies));
    if (group === undefined) {
      group = { stages: [], code: new Map(), dependencies: new Map() };
      groups.push(group);
    }
    group.stages.push(name);
    for (const [path, hash] of code) group.code.set(path, hash);
    for (const [path, hash] of dependencies) group.dependencies.set(path, hash);
  }
  return groups;
}

async function writeFiles(options: RebuildOptions, root: string, files: AttemptInputs['files']): Promise<void> {
  const { layout, inputs } = options;
  const gone: string[] = [];
  await mkdir(root, { recursive: true });
  for (const [path, hash] of Object.entries(files)) {
    if (isAbsolute(path)) throw notOnRecord(options.recorded, [path]); // never written: no path in a key is
    try {
      await restoreObject(layout, hash, resolve(root, path), inputs.executable.includes(path));
    } catch (error) {
      if (!(error instanceof ObjectError)) throw error;
      if (!(await copyOfToday(options.root, root, path, hash))) gone.push(`${path} (${error.message})`);
    }
  }
  if (gone.length > 0) throw notOnRecord(options.recorded, gone);
}

/** An object may be lost; the project may still have the very same file. */
async function copyOfToday(from: string, to: string, path: string, hash: ContentHash): Promise<boolean> {
  const today = resolve(from, path);
  if (!existsSync(today) || (await hashFile(today)) !== hash) return false;
  await mkdir(dirname(resolve(to, path)), { recursive: true });
  await copyFile(today, resolve(to, path));
  return true;
}

function notOnRecord({ id }: RecordedAttempt, files: readonly string[]): UserError {
  return new UserError(
    `run ${short(id.configHash)}@${id.attempt} cannot be rebuilt: ${files.join(', ')}`,
    "restore runs/objects from a copy, or use today's code: retrial reproduce --current-code",
  );
}

/**
 * The pipeline of the attempt with its params.
 * @param folder where its text is written
 * @param root what its paths are relative to
 */
export async function recordedPipeline(
  { layout, recorded, inputs }: Pick<RebuildOptions, 'layout' | 'recorded' | 'inputs'>,
  folder: string,
  root: string,
): Promise<Pipeline> {
  const file = join(folder, 'pipeline.yaml');
  await restoreObject(layout, inputs.pipeline, file);
  const pipeline = await loadPipeline({ file, root, params: layout.run(recorded.id.configHash).config });
  expectConfigOf(recorded.id, pipeline);
  return pipeline;
}
