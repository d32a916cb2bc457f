/** What a stage's key takes from the machine: code, packages, runtime, declared environment. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Diagnostic, UserError } from '../errors.ts';
import { type ContentHash, hashJson } from '../hash.ts';
import { ownFolder } from '../own-package.ts';
import { itemAt, valueText } from '../pipeline/templates.ts';
import type { JsonValue, Stage, Template } from '../pipeline/types.ts';
import type { HashMemo } from '../store/memo.ts';
import type { StageSurroundings } from './fingerprint.ts';
import { packageClosure } from './packages.ts';
import { runProbe } from './probe.ts';
import { tensorflowRuntime } from './tensorflow-runtime.ts';
import { pathInKey, traceCode, watchedByTrace } from './trace.ts';
import { watchedBy } from './watched.ts';

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
  readonly warnings: readonly Diagnostic[];
  /** Absolute paths of all that this was read from; undefined where that is too much to watch. */
  readonly watched: readonly string[] | undefined;
}

/** Reads a stage's surroundings as they are now. Throws {@link UserError} where its code cannot be followed. */
export async function survey(stage: Stage, context: SurroundingsContext): Promise<Surveyed> {
  const { root, memo, memoFolder } = context;
  const folder = workingFolder(stage, root);
  const words = commandWords(stage);
  const entries = words.flatMap((word, at) => (isNode(word) ? entryAfter(words.slice(at + 1), folder) : []));
  const traces = await Promise.all(entries.map((entry) => traceCode(entry, root, memoFolder)));
  const declared = await declaredCode(stage, root);
  const codeFiles = [...new Set([...traces.flatMap((trace) => trace.files), ...declared])].sort();
  const tsx = words.some((word) => basename(word) === 'tsx') ? await packageVersion(root, 'tsx') : {};
  const packages = Object.assign({}, ...traces.map((trace) => trace.packages)) as Record<string, string>;
  return {
    codeFiles,
    warnings: undeclaredFiles(stage, words, codeFiles, root),
    watched: watchedBy(stage, { root, folder }, words, [
      ...codeFiles,
      ...traces.flatMap((trace) => watchedByTrace(trace, root)),
    ]),
    surroundings: {
      env: Object.fromEntries(stage.env.map((name) => [name, process.env[name] ?? null])),
      code: await hashCode(codeFiles, root, memo),
      packages,
      runtime: {
        ...(entries.length > 0 ? { node: nodeMajor(), ...tsx } : {}),
        ...(usesTensorflow(packages) ? { tensorflow: { ...tensorflowRuntime(root, stage.resources.cpus) } } : {}),
        ...(await probes(stage, root)),
      },
    },
  };
}

async function hashCode(files: readonly string[], root: string, memo: HashMemo): Promise<Record<string, ContentHash>> {
  const hashes = await Promise.all(files.map(async (file) => [pathInKey(root, file), await memo.hash(file)]));
  const manifest = join(root, 'package.json');
  const module = files.length > 0 && existsSync(manifest) ? [['package.json#module', moduleFields(manifest)]] : [];
  return Object.fromEntries([...hashes, ...module]) as Record<string, ContentHash>;
}

/** What of package.json changes how a file is loaded; its other fields rerun nothing. */
function moduleFields(path: string): ContentHash {
  const { type, imports } = JSON.parse(readFileSync(path, 'utf8')) as { type?: string; imports?: unknown };
  return hashJson({ type: type ?? null, imports: imports ?? null });
}

async function declaredCode(stage: Stage, root: string): Promise<string[]> {
  if (stage.code.length === 0) return [];
  const found = await Promise.all(
    stage.code.map(async (pattern) => {
      const files = await filesMatching(pattern, root);
      if (files.length === 0) throw new UserError([unmatched(stage, pattern)]);
      return files;
    }),
  );
  return found.flat();
}

/** A plain path needs no pattern matching, which takes a tenth of a no-op run to load. */
async function filesMatching(pattern: string, root: string): Promise<string[]> {
  if (/^[\w./-]+$/.test(pattern) && isFile(resolve(root, pattern))) return [resolve(root, pattern)];
  const { glob } = await import('tinyglobby');
  const ignore = ['runs/**']; // what was made by code is none: outputs, and rebuilt projects
  return glob(pattern, { cwd: root, ignore, absolute: true, dot: true, expandDirectories: true });
}

function unmatched(stage: Stage, pattern: string): Diagnostic {
  return {
    severity: 'error',
    message: `stage ${stage.name}: no file matches code: ${pattern}`,
    hint: 'patterns are relative to the folder of pipeline.yaml',
    place: stage.place,
  };
}

/** Words of the command that name a file which is in no key: its change would go unseen. */
function undeclaredFiles(stage: Stage, words: readonly string[], code: readonly string[], root: string): Diagnostic[] {
  const paths = Object.values(stage.deps).flatMap((dep) => (dep.kind === 'path' ? [resolve(root, dep.path)] : []));
  const known = new Set([...code, ...paths]);
  const at = (word: string) => resolve(workingFolder(stage, root), word);
  const files = words.filter(
    (word) => /\.\w+$/.test(word) && !word.includes('\0') && isFile(at(word)) && !known.has(at(word)),
  );
  return files.map((word) => ({
    severity: 'warning',
    message: `stage ${stage.name} runs ${word}, which is not in its key: a change of it would go unseen`,
    hint: `add it to the stage: code: [${JSON.stringify(pathInKey(root, at(word)))}]`,
    place: stage.place,
  }));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Where the command runs: what its words name is relative to it. */
export function workingFolder({ cwd }: Stage, root: string): string {
  return resolve(root, cwd?.path ?? '.');
}

/**
 * The literal words of the command, quotes and shell operators aside: enough to see which programs it names. Of an
 * instance the values of its item are as literal.
 */
export function commandWords(stage: Stage): string[] {
  const text = (part: Template[number]) => {
    if (typeof part === 'string') return part;
    const value = part.kind === 'item' && stage.item !== undefined ? itemAt(stage.item, part.key) : undefined;
    return value === undefined ? '\0' : valueText(value);
  };
  const literal = (template: Template) => template.map(text).join('');
  if (stage.cmd.kind === 'argv') return stage.cmd.args.map(literal);
  return literal(stage.cmd.line)
    .split(/[\s;&|()<>]+/)
    .map((word) => word.replace(/^(['"])(.*)\1$/, '$2'))
    .filter((word) => word !== '');
}

function isNode(word: string): boolean {
  return ['node', 'tsx'].includes(basename(word));
}

function entryAfter(words: readonly string[], folder: string): string[] {
  const entry = words.find((word) => /\.[cm]?[jt]sx?$/.test(word));
  return entry !== undefined && isFile(resolve(folder, entry)) ? [resolve(folder, entry)] : [];
}

function nodeMajor(): string {
  return process.versions.node.split('.')[0] ?? '';
}

/** Of the project's own installation, else of Retrial's: the order in which a stage's PATH has them. */
async function packageVersion(root: string, name: string): Promise<Record<string, JsonValue>> {
  for (const from of [root, ownFolder()]) {
    const found = Object.keys(await packageClosure(from, [name])).find((entry) => entry.startsWith(`${name}@`));
    if (found !== undefined) return { [name]: found.slice(name.length + 1) };
  }
  return {};
}

function usesTensorflow(packages: Readonly<Record<string, string>>): boolean {
  return Object.keys(packages).some((name) => /^@tensorflow\/tfjs-(core|node|node-gpu)@/.test(name));
}

async function probes(stage: Stage, root: string): Promise<Record<string, string>> {
  const entries = await Promise.all(
    Object.entries(stage.runtime).map(async ([name, command]) => [name, await runProbe(stage, name, command, root)]),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}
