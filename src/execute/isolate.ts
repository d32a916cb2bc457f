/**
 * `run --isolated`: a stage runs in a folder that holds what it declared and nothing else, with the declared environment
 * alone, so that what it reads undeclared is not there. Its result is the one of its key all the same.
 */
import { constants, existsSync } from 'node:fs';
import { copyFile, cp, lstat, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { type Surveyed, workingFolder } from '../plan/surroundings.ts';
import { pathInKey } from '../plan/trace.ts';
import { stageEnvironment } from './environment.ts';
import { fileInputs } from './file-inputs.ts';
import type { DependencyPaths } from './inputs.ts';
import { linkPackages, rootFor } from './workspace.ts';

/** Where a stage runs and what it is given. */
export interface StagePlace {
  readonly cwd: string;
  readonly deps: DependencyPaths;
  readonly env: Readonly<Record<string, string>>;
  /** Takes away what was made for it. */
  remove(): Promise<void>;
}

/** As a rule a stage runs in the project itself. */
export function inProject(pipeline: Pipeline, stage: Stage, deps: DependencyPaths): StagePlace {
  const { root } = pipeline;
  return {
    cwd: workingFolder(stage, root),
    deps,
    env: stageEnvironment(stage, root, {}),
    remove: async () => undefined,
  };
}

/** Larger files are linked to; smaller ones are copied, as a link leads a program back to the folder it was made in. */
const largeBytes = 64 << 20;

export async function isolate(
  pipeline: Pipeline,
  stage: Stage,
  surveyed: Surveyed,
  deps: DependencyPaths,
): Promise<StagePlace> {
  const code = surveyed.codeFiles.map((file) => pathInKey(pipeline.root, file));
  const manifest = existsSync(join(pipeline.root, 'package.json')) ? ['package.json'] : [];
  const inputs = fileInputs(pipeline, stage).filter(({ path }) => isInside(path));
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'retrial-isolated-')));
  const root = rootFor(folder, code);
  for (const path of [...code, ...manifest, ...inputs.map((input) => input.path)])
    await place(resolve(pipeline.root, path), resolve(root, path));
  await linkPackages(pipeline.root, root, [...code, ...manifest]);
  const cwd = workingFolder(stage, root);
  for (const made of [cwd, join(folder, 'home'), join(folder, 'tmp')]) await mkdir(made, { recursive: true });
  const moved = inputs.filter(({ param }) => param === undefined).map(({ name, path }) => [name, resolve(root, path)]);
  return {
    ...{ cwd, deps: { ...deps, ...Object.fromEntries(moved) } },
    env: isolatedEnvironment(stage, pipeline.root, folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What is declared by its place on this machine stays there. */
function isInside(path: string): boolean {
  return !isAbsolute(path) && !path.split('/').includes('..');
}

async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const at = await lstat(await realpath(from));
  if (at.isFile() && at.size > largeBytes) await symlink(await realpath(from), to);
  else if (at.isFile()) await copyFile(from, to, constants.COPYFILE_FICLONE);
  else await cp(await realpath(from), to, { recursive: true, mode: constants.COPYFILE_FICLONE });
}

const ofThePerson = ['HOME', 'USER', 'SHELL', 'TMPDIR', 'XDG_CACHE_HOME', 'VIRTUAL_ENV', 'CONDA_PREFIX'];

/** What says where things of the machine are stays; what leads to things of its user does not, unless declared. */
function isolatedEnvironment(stage: Stage, root: string, folder: string): Record<string, string> {
  const given = Object.entries(stageEnvironment(stage, root, {}));
  const kept = given.filter(([name]) => !ofThePerson.includes(name) || stage.env.includes(name));
  const own = { HOME: join(folder, 'home'), TMPDIR: join(folder, 'tmp') };
  const mirror = process.env.RETRIAL_DATA_MIRROR;
  return {
    ...own,
    ...Object.fromEntries(kept),
    ...(mirror === undefined ? {} : { RETRIAL_DATA_MIRROR: mirrorsFrom(mirror, root) }),
  };
}

/** Folders named relative to the project are elsewhere from here. */
function mirrorsFrom(mirrors: string, root: string): string {
  return mirrors
    .split(/([\s,]+)/)
    .map((entry) => (existsSync(resolve(root, entry)) && /[^\s,]/.test(entry) ? resolve(root, entry) : entry))
    .join('');
}
