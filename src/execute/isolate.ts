/**
 * `run --isolated`: a stage runs in a folder that holds what it declared and nothing else, with the declared environment
 * alone, so that what it reads undeclared is not there. Its result is the one of its key all the same.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, posix, resolve } from 'node:path';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { stageEnvironment } from '../plan/stage-environment.ts';
import { type Surveyed, workingFolder } from '../plan/surroundings.ts';
import { pathInKey } from '../plan/trace.ts';
import { isErrno } from '../store/files.ts';
import { removeFolder } from '../store/folders.ts';
import type { Layout } from '../store/layout.ts';
import { fileInputs } from './file-inputs.ts';
import type { DependencyPaths } from './inputs.ts';
import { linkPackages, linksIn, packagesAbove, place, placeLinks, rootFor, shutOff } from './workspace.ts';

/** Where a stage runs and what it is given. */
export interface StagePlace {
  readonly cwd: string;
  readonly deps: DependencyPaths;
  readonly env: Readonly<Record<string, string>>;
  /** Takes away what was made for it. */
  remove(): Promise<void>;
}

/** As a rule a stage runs in the project itself. */
export function inProject(pipeline: Pipeline, stage: Stage, deps: DependencyPaths, { memo }: Layout): StagePlace {
  const { root } = pipeline;
  return {
    cwd: workingFolder(stage, root),
    deps,
    env: stageEnvironment(stage, root, memo),
    remove: async () => undefined,
  };
}

/**
 * @param scratch a folder of this execution, on the disk of the store: what is copied may be large
 * @param deps as they are in the project
 */
export async function isolate(
  pipeline: Pipeline,
  stage: Stage,
  surveyed: Surveyed,
  deps: DependencyPaths,
  { memo }: Layout,
  scratch: string,
): Promise<StagePlace> {
  const code = [...surveyed.codeFiles, ...surveyed.manifests].map((file) => pathInKey(pipeline.root, file));
  const manifest = existsSync(join(pipeline.root, 'package.json')) ? ['package.json'] : [];
  const files = [...code, ...manifest].filter((path) => !path.split('/').includes('node_modules'));
  const inputs = fileInputs(pipeline, stage).filter(({ path }) => !isAbsolute(path));
  const packages = surveyed.manifests.length > 0 ? await packagesAbove(pipeline.root) : [];
  const folder = join(scratch, 'isolated');
  const links = linksIn(pipeline.root, surveyed.links);
  const named = [...files, ...packages, ...Object.entries(links).flat(), ...inputs.map(({ path }) => path)];
  const root = rootFor(folder, named);
  await shutOff(folder);
  await placeLinks(root, links);
  const inside = inputs.filter(({ path }) => isInside(path));
  for (const path of [...files, ...inside.map((input) => input.path)])
    await place(resolve(pipeline.root, path), resolve(root, path));
  for (const { path } of inputs.filter((input) => !isInside(input.path)))
    await linkTo(resolve(pipeline.root, path), resolve(root, path));
  await linkPackages(pipeline.root, root, [...files, ...packages]);
  const [cwd, home] = [workingFolder(stage, root), join(folder, 'home')];
  for (const made of [cwd, home]) await mkdir(made, { recursive: true });
  const moved = inside.filter(({ param }) => param === undefined).map(({ name, path }) => [name, resolve(root, path)]);
  const env = { ...isolatedEnvironment(stage, pipeline.root, memo), HOME: home, GIT_CEILING_DIRECTORIES: folder };
  const short = join(await realpath(tmpdir()), 'retrial-isolated-'); // not in the scratch folder, as sockets need a short path
  const temporary = await mkdtemp(short); // last, as from here on somebody has to remove it
  return {
    ...{ cwd, deps: { ...deps, ...Object.fromEntries(moved) } },
    env: { ...env, TMPDIR: temporary },
    remove: async () => {
      for (const made of [folder, temporary]) await removeFolder(made);
    },
  };
}

/** What is declared by its place on this machine stays there. */
function isInside(path: string): boolean {
  return !isAbsolute(path) && posix.normalize(path).split('/')[0] !== '..';
}

async function linkTo(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path).catch((error: unknown) => {
    if (!isErrno(error, 'EEXIST')) throw error; // code of the same name was copied there, or it is given twice
  });
}

/** Where programs are found, how text is read, how the network is reached, and what is in the key. */
const kept = [
  ...['PATH', 'LANG', 'LC_ALL', 'TZ'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE'],
  ...['RETRIAL_DATA_MIRROR', 'RETRIAL_TENSORFLOW', 'TF_ENABLE_ONEDNN_OPTS'],
];

function isolatedEnvironment(stage: Stage, root: string, memoFolder: string): Record<string, string> {
  const names = new Set([...kept, ...stage.env]);
  const given = Object.entries(stageEnvironment(stage, root, memoFolder)).filter(([name]) => names.has(name));
  const mirror = process.env.RETRIAL_DATA_MIRROR;
  return {
    ...Object.fromEntries(given),
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
