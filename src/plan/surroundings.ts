/** What a stage's key takes from the machine: code, packages, runtime, declared environment. */
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Diagnostic } from '../errors.ts';
import { UserError } from '../errors.ts';
import { type ContentHash, sha256 } from '../hash.ts';
import { ownFolder } from '../own-package.ts';
import type { Stage } from '../pipeline/types.ts';
import type { HashMemo } from '../store/memo.ts';
import { declaredCode, undeclaredFiles, undeclaredLoads, unknownProgram } from './declared-code.ts';
import { type FieldChange, fingerprintChanges, type StageSurroundings } from './fingerprint.ts';
import { importedFields, moduleFields } from './module-fields.ts';
import { packageClosure } from './packages.ts';
import { runProbe } from './probe.ts';
import type { Programs } from './program-reader.ts';
import { commandWords, programsOf, workingFolder } from './programs.ts';
import { stageEnvironment } from './stage-environment.ts';
import { tensorflowRuntime } from './tensorflow-runtime.ts';
import { type CodeTrace, pathInKey, traceCode } from './trace.ts';
import { watchedBy } from './watched.ts';

export { workingFolder } from './programs.ts';

export interface SurroundingsContext {
  readonly root: string;
  readonly memo: HashMemo;
  /** `runs/memo` */
  readonly memoFolder: string;
}

export interface Surveyed {
  readonly surroundings: StageSurroundings;
  /** Absolute paths of the code files, to look at again when the stage ends. */
  readonly codeFiles: readonly string[];
  /** Absolute paths of the package.json files that code is loaded by, the project's own aside. */
  readonly manifests: readonly string[];
  /** Absolute paths of the links by which code is found. */
  readonly links: readonly string[];
  readonly warnings: readonly Diagnostic[];
  /** Absolute paths of all that this was read from; undefined where that is too much to watch. */
  readonly watched: readonly string[] | undefined;
}

/**
 * Reads a stage's surroundings as they are now.
 * Throws {@link UserError} where its code cannot be followed and `code:` does not say what it loads.
 */
export async function survey(stage: Stage, context: SurroundingsContext): Promise<Surveyed> {
  const { root, memo, memoFolder } = context;
  const folder = workingFolder(stage, root);
  const programs = programsOf(stage, root);
  const traces = await Promise.all(programs.entries.map((entry) => traceCode(entry, root, memoFolder, folder)));
  const declared = await declaredCode(stage, root);
  const mistakes = await undeclaredLoads(stage, unique(traces.flatMap(({ unfollowed }) => unfollowed)), declared, root);
  if (mistakes.length > 0) throw new UserError(mistakes);
  const codeFiles = [...new Set([...traces.flatMap(({ files }) => files), ...declared])].sort();
  const manifests = [...new Set(traces.flatMap((trace) => trace.manifests))];
  const preloaded = await packageClosure(programs.preloaded.filter(({ name }) => name !== 'tsx'));
  const packages = Object.assign({}, ...traces.map((trace) => trace.packages), preloaded.packages);
  return {
    ...{ codeFiles, manifests },
    links: [...new Set(traces.flatMap((trace) => trace.links))],
    warnings: [
      ...undeclaredFiles(stage, codeFiles, programs.scripts, root),
      ...(programs.unknown && declared.length === 0 ? [unknownProgram(stage)] : []),
    ],
    watched: watchedBy(stage, { root, folder }, commandWords(stage), [
      ...codeFiles,
      ...traces.flatMap((trace) => trace.watched),
      ...preloaded.readFrom,
    ]),
    surroundings: {
      env: Object.fromEntries(stage.env.map((name) => [name, process.env[name] ?? null])),
      code: {
        ...(await hashCode(codeFiles, root, memo)),
        ...(await hashManifests(manifests, root)),
        ...executables([...declared, ...programs.executed], root),
      },
      packages,
      runtime: await runtimeOf(stage, programs, packages, context),
    },
  };
}

/**
 * What of the surroundings is not what it was: the names of code and packages, sorted. Where code cannot be followed any
 * more, that of code that changed is among them.
 */
export async function surroundingsMoved(
  stage: Stage,
  before: StageSurroundings,
  context: SurroundingsContext,
): Promise<string[]> {
  const now = await survey(stage, context).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    return error;
  });
  if (now instanceof UserError) return [...new Set(now.diagnostics.map((found) => mistaken(found, context.root)))];
  const { code, packages } = now.surroundings;
  const changes = fingerprintChanges({ ...before.code, ...before.packages }, { ...code, ...packages });
  const becameExecutable = ({ field, before: was }: FieldChange) => field.endsWith(executableMark) && was === undefined; // `chmod +x ./fit.sh && ./fit.sh`
  return changes.flatMap((change) => (becameExecutable(change) ? [] : [change.field])).sort();
}

function mistaken({ place, message }: Diagnostic, root: string): string {
  return place === undefined ? message : pathInKey(root, place.file);
}

async function hashCode(files: readonly string[], root: string, memo: HashMemo): Promise<Record<string, ContentHash>> {
  const hashes = await Promise.all(files.map(async (file) => [pathInKey(root, file), await memo.hash(file)]));
  const manifest = join(root, 'package.json');
  const own = files.length > 0 && existsSync(manifest) ? [['package.json#module', await moduleFields(manifest)]] : [];
  return Object.fromEntries([...hashes, ...own]) as Record<string, ContentHash>;
}

const executableMark = '#executable';

/** Of files that a command may start by their names: without the permission it would fail. Others are not in the key. */
function executables(files: readonly string[], root: string): Record<string, ContentHash> {
  const found = files.filter((file) => ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o100) !== 0);
  return Object.fromEntries(found.map((file) => [pathInKey(root, file) + executableMark, sha256('')]));
}

async function hashManifests(manifests: readonly string[], root: string): Promise<Record<string, ContentHash>> {
  const hashes = await Promise.all(
    manifests.map(async (path) => [`${pathInKey(root, path)}#module`, await importedFields(path)]),
  );
  return Object.fromEntries(hashes.filter(([, hash]) => hash !== undefined)) as Record<string, ContentHash>;
}

function unique(unfollowed: CodeTrace['unfollowed']): CodeTrace['unfollowed'] {
  return [...new Map(unfollowed.map((found) => [JSON.stringify(found), found])).values()];
}

async function runtimeOf(
  stage: Stage,
  { entries, preloaded }: Programs,
  packages: Readonly<Record<string, string>>,
  { root, memoFolder }: SurroundingsContext,
): Promise<StageSurroundings['runtime']> {
  const runners = [...commandWords(stage).map((word) => basename(word)), ...preloaded.map(({ name }) => name)];
  const isTsx = runners.includes('tsx') || entries.some(({ runner }) => runner.kind === 'tsx');
  const tsx = entries.length > 0 && isTsx ? await packageVersion(root, 'tsx') : {};
  return {
    ...(entries.length > 0 ? { node: process.versions.node.split('.')[0] ?? '', ...tsx } : {}),
    ...(usesTensorflow(packages) ? { tensorflow: { ...tensorflowRuntime(root, stage.resources.cpus) } } : {}),
    ...(await probes(stage, root, memoFolder)),
  };
}

/** Of the project's own installation, else of Retrial's: the order in which a stage's PATH has them. */
async function packageVersion(root: string, name: string): Promise<Record<string, string>> {
  for (const from of [root, ownFolder()]) {
    const { packages } = await packageClosure([{ name, from }]);
    const found = Object.keys(packages).find((entry) => entry.startsWith(`${name}@`));
    if (found !== undefined) return { [name]: found.slice(name.length + 1) };
  }
  return {};
}

function usesTensorflow(packages: Readonly<Record<string, string>>): boolean {
  return Object.keys(packages).some((name) => /^@tensorflow\/tfjs-(core|node|node-gpu)@/.test(name));
}

async function probes(stage: Stage, root: string, memoFolder: string): Promise<Record<string, string>> {
  const commands = Object.entries(stage.runtime);
  if (commands.length === 0) return {};
  const place = { cwd: workingFolder(stage, root), env: stageEnvironment(stage, root, memoFolder) };
  const entries = commands.map(async ([name, command]) => [name, await runProbe(stage, name, command, place)]);
  return Object.fromEntries(await Promise.all(entries)) as Record<string, string>;
}
