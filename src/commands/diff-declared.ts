/** The pipeline as it is declared, today or at a git revision: without the code and the data behind it. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../errors.ts';
import { loadPipeline } from '../pipeline/load.ts';
import { isMap, pickParams } from '../pipeline/param-tree.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { readYaml } from '../pipeline/yaml-file.ts';
import { commandShape, dependencyShape } from '../plan/config-hash.ts';
import type { DiffSide, DiffStage } from '../report/run-diff.ts';

export function declaredSide(name: string, { params, stages }: Pipeline): DiffSide {
  const declared = [...stages.values()].map((stage): [string, DiffStage] => [
    stage.name,
    { key: { ...declaredFields(stage), params: pickParams(params, stage.params) } },
  ]);
  return { name, params, stages: Object.fromEntries(declared) };
}

function declaredFields(stage: Stage) {
  const { env, code, runtime, resources, retries, always, holdout, item, timeoutMs } = stage;
  const deps = Object.entries(stage.deps).map(([name, dep]) => [name, dependencyShape(dep)]);
  return {
    ...{ command: commandShape(stage), deps: Object.fromEntries(deps), outs: stage.outs },
    ...{ env, code, runtime, resources, retries, always, holdout, item, timeoutMs, cwd: stage.cwd?.path },
  };
}

/**
 * pipeline.yaml and the params file it names as they were at a revision of the repository that `root` is in.
 * Throws {@link UserError} where git has no such thing, or what it has is no pipeline of this version of Retrial.
 */
export async function revisionSide(root: string, revision: string, overlays: Overlays): Promise<DiffSide> {
  const folder = await mkdtemp(join(tmpdir(), 'retrial-diff-'));
  try {
    const file = await checkOut(root, revision, folder, 'pipeline.yaml');
    const { value } = await readYaml(file);
    const params = isMap(value) ? value.params : undefined;
    if (typeof params === 'string' && params !== '') await checkOut(root, revision, folder, params);
    return declaredSide(revision, await loadPipeline({ file, ...overlays }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      error.diagnostics.map((diagnostic) => {
        const { place } = diagnostic;
        if (place === undefined || !place.file.startsWith(folder)) return diagnostic;
        return { ...diagnostic, place: { ...place, file: `${revision}:${relative(folder, place.file)}` } };
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface Overlays {
  readonly overlays: readonly string[];
  readonly set: readonly string[];
}

/** @returns where it was written: below `folder` */
async function checkOut(root: string, revision: string, folder: string, path: string): Promise<string> {
  const target = join(folder, path);
  if (isAbsolute(path) || relative(folder, target).startsWith('..'))
    throw new UserError(`${revision}: ${path} is outside of the project, and so is not looked up in git`);
  const bytes = await blob(root, revision, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, bytes);
  return target;
}

async function blob(root: string, revision: string, path: string): Promise<Buffer> {
  if (revision.startsWith('-')) throw new UserError(`"${revision}" is no revision`);
  const options = { cwd: root, encoding: 'buffer', maxBuffer: 64 << 20 } as const;
  try {
    return (await promisify(execFile)('git', ['cat-file', 'blob', `${revision}:./${path}`], options)).stdout;
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? '').trim();
    throw new UserError(
      `git has no ${path} at "${revision}"`,
      said === '' ? 'is git installed?' : said.replace(/^fatal: /, ''),
    );
  }
}
