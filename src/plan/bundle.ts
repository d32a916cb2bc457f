/** Which local files some entries import, and which packages: by esbuild's resolution, the one that tsx uses. */
import { isBuiltin } from 'node:module';
import { resolve } from 'node:path';
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import { type Diagnostic, UserError } from '../errors.ts';
import { installedPackage, linkedPackage, type PackageImport, packageName } from './code-names.ts';
import { loaderOf } from './syntax-tree.ts';
import { type Loads, loadsOf } from './unfollowed.ts';

export interface Bundle {
  /** Absolute paths, the entries among them. */
  readonly files: readonly string[];
  readonly imports: readonly PackageImport[];
  /** What else the files load, in no order. */
  readonly loads: readonly Loads[];
}

/**
 * @param entries absolute paths
 * @param folder where the stage's command runs
 * @throws {@link UserError} where a file is no code, or a relative import leads nowhere
 */
export async function bundle(entries: readonly string[], root: string, folder: string): Promise<Bundle> {
  const { build } = await import('esbuild');
  const imports = new Map<string, PackageImport>();
  const loads: Loads[] = [];
  const { metafile } = await build({
    entryPoints: entries.map((path, at) => ({ in: path, out: `entry-${at}` })),
    absWorkingDir: root,
    ...{ bundle: true, write: false, metafile: true, platform: 'node', format: 'esm', outdir: root },
    conditions: [], // or esbuild adds `module`, which Node does not know
    logLevel: 'silent',
    plugins: [
      packagesApart(root, (found) => imports.set(`${found.from}\n${found.name}`, found)),
      looking(root, folder, (found) => loads.push(found)),
    ],
    loader: { '.node': 'file', '.wasm': 'file', '.html': 'text', '.css': 'text', '.sql': 'text', '.txt': 'text' },
  }).catch((error: unknown) => {
    throw new UserError(mistakesIn(error, root));
  });
  const files = Object.keys(metafile.inputs).map((path) => resolve(root, path));
  const installed = files.flatMap((file) => installedPackage(file, root) ?? []); // imported by their paths
  return {
    files: files.filter((file) => installedPackage(file, root) === undefined),
    imports: [...imports.values(), ...installed],
    loads,
  };
}

/** Looks through each file as it is read. */
function looking(root: string, folder: string, found: (loads: Loads) => void): Plugin {
  return {
    name: 'loads',
    setup: (build) => {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, async ({ path }) => {
        if (installedPackage(path, root) !== undefined) return undefined;
        const loads = await loadsOf(path, folder);
        found(loads);
        return loads.text === undefined ? undefined : { contents: loads.text, loader: loaderOf(path) };
      });
    },
  };
}

interface ResolvedName {
  readonly result: OnResolveResult;
  /** Of what is installed. */
  readonly imported?: PackageImport;
}

const asked = Symbol('asked by this plugin');

/**
 * Installed packages are not looked into. A package that is a link to a folder outside of node_modules is the project's
 * own code, and so is what `imports` of package.json and `paths` of tsconfig.json lead to.
 */
function packagesApart(root: string, found: (imported: PackageImport) => void): Plugin {
  return {
    name: 'packages apart',
    setup: (build) => {
      build.onResolve({ filter: /^[^./]/ }, async (args) => {
        if (args.kind === 'entry-point' || args.pluginData === asked) return undefined;
        const { result, imported } = await resolveName(build, args, root);
        if (imported !== undefined) found(imported);
        return result;
      });
    },
  };
}

async function resolveName(build: PluginBuild, args: OnResolveArgs, root: string): Promise<ResolvedName> {
  const apart: OnResolveResult = { path: args.path, external: true };
  const imported = { name: packageName(args.path), from: args.resolveDir };
  if (isBuiltin(args.path) || imported.name === 'retrial') return { result: apart }; // `retrial/stage` is in the key as the stage protocol
  const { resolveDir, importer, kind } = args;
  const at = await build.resolve(args.path, { resolveDir, importer, kind, with: args.with, pluginData: asked });
  if (at.errors.length > 0)
    return args.path.startsWith('#') ? { result: { errors: at.errors } } : { result: apart, imported };
  if (at.external) return { result: apart };
  const installed = installedPackage(at.path, root) ?? linkedPackage(imported, at.path);
  if (installed !== undefined) return { result: apart, imported: installed };
  return { result: { path: at.path, namespace: at.namespace, sideEffects: at.sideEffects } };
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
