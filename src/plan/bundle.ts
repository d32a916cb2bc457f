/** Which local files some entries import, and which packages: by the rules of what runs them. */
import { realpathSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { extname, resolve } from 'node:path';
import type { Loader, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import { type Diagnostic, UserError } from '../errors.ts';
import { installedPackage, isCode, isPath, linkedPackage, type PackageImport, packageName } from './code-names.ts';
import { namedFrom } from './links.ts';
import { candidates, namesakes, type Runner, resolutionOf } from './runner.ts';
import { loaderOf } from './syntax-tree.ts';
import { type Loads, loadsOf } from './unfollowed.ts';

export interface Bundle {
  /** Absolute paths, the entries among them. */
  readonly files: readonly string[];
  readonly imports: readonly PackageImport[];
  /** What else the files load, in no order. */
  readonly loads: readonly Loads[];
  /** Files that may be run in the place of one of them, as far as can be told. */
  readonly others: readonly string[];
  /** Absolute paths by which files were found where links are on the way. */
  readonly throughLinks: readonly string[];
}

export interface BundleContext {
  readonly root: string;
  /** Where the stage's command runs. */
  readonly folder: string;
  readonly runner: Runner;
  /** The one that tsx goes by. */
  readonly tsconfig: string | undefined;
}

/**
 * @param entries absolute paths
 * @throws {@link UserError} where a file is no code, or a relative import leads nowhere
 */
export async function bundle(entries: readonly string[], context: BundleContext): Promise<Bundle> {
  const { root, folder, runner, tsconfig } = context;
  const { build } = await import('esbuild');
  const imports = new Map<string, PackageImport>();
  const loads: Loads[] = [];
  const others = new Set<string>();
  const throughLinks = new Set<string>();
  const named = namedFrom(root);
  const scripts = new Set(entries.filter((path) => !isCode(path)).map((path) => realpathSync(path))); // Node takes a file of any other name for JavaScript
  const { metafile } = await build({
    entryPoints: entries.map((path, at) => ({ in: realpathSync(path), out: `entry-${at}` })),
    absWorkingDir: realpathSync(root),
    ...{ bundle: true, write: false, metafile: true, platform: 'node', format: 'esm', outdir: root },
    ...(resolutionOf(runner, tsconfig) as object),
    preserveSymlinks: true, // they are followed here, where it can be told that there is one
    ignoreAnnotations: true, // Node knows no `sideEffects`
    logLevel: 'silent',
    plugins: [
      resolving(context, {
        imported: (found) => imports.set(`${found.from}\n${found.name}`, found),
        other: (path) => others.add(path),
        throughLink: (path) => throughLinks.add(path),
      }),
      looking(root, folder, scripts, (found) => loads.push(found)),
    ],
    loader: { ...loaders, ...Object.fromEntries([...scripts].map((path) => [extname(path), 'js'])) },
  }).catch((error: unknown) => {
    throw new UserError(mistakesIn(error, root));
  });
  const files = Object.keys(metafile.inputs).map((path) => resolve(root, path));
  const installed = files.flatMap((file) => installedPackage(file, root) ?? []); // imported by their paths
  return {
    files: files.filter((file) => installedPackage(file, root) === undefined),
    imports: [...imports.values(), ...installed],
    loads,
    others: [...others].map(named),
    throughLinks: [...throughLinks].map(named),
  };
}

const loaders: Readonly<Record<string, Loader>> = {
  ...{ '.node': 'file', '.wasm': 'file', '.html': 'text', '.css': 'text', '.sql': 'text', '.txt': 'text' },
};

/** Looks through each file of code as it is read. */
function looking(root: string, folder: string, scripts: ReadonlySet<string>, found: (loads: Loads) => void): Plugin {
  return {
    name: 'loads',
    setup: (build) => {
      build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }) => {
        if (!isCode(path) && !scripts.has(path)) return undefined;
        if (installedPackage(path, root) !== undefined) return undefined;
        const loads = await loadsOf(path, folder);
        found(loads);
        return loads.text === undefined ? undefined : { contents: loads.text, loader: loaderOf(path) };
      });
    },
  };
}

interface Findings {
  readonly imported: (found: PackageImport) => void;
  readonly other: (path: string) => void;
  readonly throughLink: (path: string) => void;
}

const asked = Symbol('asked by this plugin');

/**
 * Installed packages are not looked into. A package that is a link to a folder outside of node_modules is the project's
 * own code, and so is what `imports` of package.json and `paths` of tsconfig.json lead to.
 */
function resolving(context: BundleContext, findings: Findings): Plugin {
  return {
    name: 'resolving',
    setup: (build) => {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.kind === 'entry-point' || args.pluginData === asked || /^(data|https?):/.test(args.path))
          return undefined;
        return isPath(args.path) || args.path === '.' || args.path === '..'
          ? await resolvePath(build, args, context, findings)
          : await resolveName(build, args, context, findings);
      });
    },
  };
}

async function resolvePath(
  build: PluginBuild,
  args: OnResolveArgs,
  { runner }: BundleContext,
  findings: Findings,
): Promise<OnResolveResult> {
  const at = await ask(build, args);
  const isTypeScript = isTypeScriptName(args.importer);
  const filesFirst = isTypeScript || args.kind === 'require-call';
  const possible = runner.kind === 'node' ? [] : candidates(resolve(args.resolveDir, args.path), filesFirst);
  const first = runner.kind === 'tsx' && isTypeScript ? possible.find(isTypeScriptName) : undefined; // as tsx has it
  const path = first ?? (at.errors.length === 0 ? at.path : possible[0]);
  if (path === undefined) return { errors: at.errors };
  for (const other of possible) if (other !== path) findings.other(other);
  return at.external ? { path: args.path, external: true } : taken(path, at.namespace, findings);
}

function isTypeScriptName(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path);
}

async function resolveName(
  build: PluginBuild,
  args: OnResolveArgs,
  { root, runner }: BundleContext,
  findings: Findings,
): Promise<OnResolveResult> {
  const apart: OnResolveResult = { path: args.path, external: true };
  const imported = { name: packageName(args.path), from: args.resolveDir };
  if (isBuiltin(args.path) || imported.name === 'retrial') return apart; // `retrial/stage` is in the key as the stage protocol
  const at = await ask(build, args);
  if (at.errors.length > 0 && args.path.startsWith('#')) return { errors: at.errors };
  if (at.errors.length === 0 && at.external) return apart;
  const real = at.errors.length > 0 ? undefined : realpathSync(at.path);
  const installed = real === undefined ? imported : (installedPackage(real, root) ?? linkedPackage(imported, real));
  if (installed !== undefined) {
    findings.imported(installed);
    return apart;
  }
  if (runner.kind !== 'node') for (const other of namesakes(at.path, args.path)) findings.other(other);
  return taken(at.path, at.namespace, findings);
}

function ask(build: PluginBuild, { path, resolveDir, importer, kind, with: attributes }: OnResolveArgs) {
  return build.resolve(path, { resolveDir, importer, kind, with: attributes, pluginData: asked });
}

/** A file is what it really is, as Node has it. */
function taken(path: string, namespace: string, { throughLink }: Findings): OnResolveResult {
  if (namespace !== 'file') return { path, namespace };
  const real = realpathSync(path);
  if (real !== path) throughLink(path);
  return { path: real, namespace };
}

interface EsbuildMessage {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}

function mistakesIn(error: unknown, root: string): Diagnostic[] {
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
