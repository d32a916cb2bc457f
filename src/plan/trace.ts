/**
 * The local files and the packages that a JavaScript or TypeScript entry file can reach, by esbuild's resolution:
 * the one tsx uses. The result is memoised by the signatures of everything it was read from.
 */
import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Diagnostic, UserError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import { readJson, writeAtomic } from '../store/files.ts';
import { type FileSignature, signatureOf } from '../store/memo.ts';
import { packageClosure } from './packages.ts';

export interface CodeTrace {
  /** Absolute paths of local files, the entry and the configuration of its language among them, sorted. */
  readonly files: readonly string[];
  /** name@version → integrity, of every package it imports and all they depend on. */
  readonly packages: Readonly<Record<string, string>>;
}

interface TraceMemo {
  readonly version: 1;
  readonly trace: CodeTrace;
  /** Files and folders whose change may change the trace. */
  readonly signatures: Readonly<Record<string, FileSignature>>;
}

/**
 * @param entry absolute path of the file that is run
 * @param root the pipeline's folder
 * @param memoFolder `runs/memo`
 */
export async function traceCode(entry: string, root: string, memoFolder: string): Promise<CodeTrace> {
  const memoFile = join(memoFolder, `trace-${sha256(`${root}\n${entry}`).slice(0, 16)}.json`);
  const memo = await readJson<TraceMemo>(memoFile);
  if (memo !== undefined && isWhole(memo) && (await allStand(memo.signatures))) return memo.trace;
  const trace = await traceAfresh(entry, root);
  const signatures = await signaturesOf(watchedByTrace(trace, root));
  await writeAtomic(memoFile, JSON.stringify({ version: 1, trace, signatures } satisfies TraceMemo));
  return trace;
}

/** Anyone may write into `runs/memo`; what is no trace is none. */
function isWhole({ version, trace, signatures }: Partial<TraceMemo>): boolean {
  const parts = [signatures, trace?.packages];
  return (
    version === 1 && Array.isArray(trace?.files) && parts.every((part) => typeof part === 'object' && part !== null)
  );
}

async function traceAfresh(entry: string, root: string): Promise<CodeTrace> {
  const { build } = await import('esbuild');
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: root,
    logLevel: 'silent',
    loader: { '.node': 'file', '.wasm': 'file', '.html': 'text', '.css': 'text', '.sql': 'text', '.txt': 'text' },
  }).catch((error: unknown) => {
    throw new UserError(traceDiagnostics(error, root));
  });
  const files = new Set(Object.keys(result.metafile.inputs).map((path) => resolve(root, path)));
  const imports = Object.values(result.metafile.inputs).flatMap((input) => input.imports);
  const external = imports.filter((i) => i.external === true && !isBuiltin(i.path)).map((i) => packageName(i.path));
  const names = external.filter((name) => name !== 'retrial'); // `retrial/stage` is in the key as the stage protocol
  for (const file of [...files]) for (const config of languageConfig(dirname(file), root)) files.add(config);
  return {
    files: [...files].sort((a, b) => (a < b ? -1 : 1)),
    packages: await packageClosure(root, [...new Set(names)]),
  };
}

/** tsconfig.json changes how a file is compiled. package.json's part in it is `type` and `imports`: see code.ts. */
function languageConfig(folder: string, root: string): string[] {
  const found: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'tsconfig.json');
    if (existsSync(path)) found.push(path);
    if (at === root || at === dirname(at)) return found;
  }
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** A new file beside a traced one can take an import over, so folders are watched too. */
export function watchedByTrace(trace: CodeTrace, root: string): string[] {
  const folders = trace.files.map((file) => dirname(file));
  const installed = ['package.json', 'node_modules/.package-lock.json'].map((name) => join(root, name));
  return [...new Set([...trace.files, ...folders, ...installed.filter((path) => existsSync(path))])];
}

async function signaturesOf(paths: readonly string[]): Promise<Record<string, FileSignature>> {
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await signatureOf(path)])));
}

async function allStand(signatures: Readonly<Record<string, FileSignature>>): Promise<boolean> {
  const same = await Promise.all(
    Object.entries(signatures).map(async ([path, before]) => (await signatureOf(path).catch(() => '')) === before),
  );
  return same.every(Boolean);
}

interface EsbuildMessage {
  readonly text: string;
  readonly location: {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly lineText: string;
  } | null;
}

function traceDiagnostics(error: unknown, root: string): Diagnostic[] {
  const messages = (error as { errors?: EsbuildMessage[] }).errors;
  if (messages === undefined) throw error;
  return messages.map(({ text, location }) => ({
    severity: 'error',
    message: text,
    ...(location === null
      ? {}
      : { place: { file: resolve(root, location.file), line: location.line, column: location.column + 1 } }),
  }));
}

/** How a path is written in a key: relative to the pipeline, with forward slashes on every system. */
export function pathInKey(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}
