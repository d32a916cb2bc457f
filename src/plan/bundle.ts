/** Which local files some entries import, and which packages: by esbuild's resolution, the one that tsx uses. */
import { isBuiltin } from 'node:module';
import { resolve } from 'node:path';
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import { type Diagnostic, UserError } from '../errors.ts';
import { installedPackage, type PackageImport, packageName } from './code-names.ts';
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
      packagesApart((found) => imports.set(`${found.from}\n${found.name}`, found)),
      looking(folder, (found) => loads.push(found)),
    ],
    loader: { '.node': 'file', '.wasm': 'file', '.html': 'text', '.css': 'text', '.sql': 'text', '.txt': 'text' },
  }).catch((error: unknown) => {
    throw new UserError(mistakesIn(error, root));
  });
  const files = Object.keys(metafile.inputs).map((path) => resolve(root, path));
  const installed = files.flatMap((file) => installedPackage(file) ?? []); // imported by their paths
  return {
    files: files.filter((file) => installedPackage(file) === undefined),
    imports: [...imports.values(), ...installed],
    loads,
  };
}

/** Looks through each file as it is read. */
function looking(folder: string, found: (loads: Loads) => void): Plugin {
  return {
    name: 'loads',
    setup: (build) => {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, async ({ path }) => {
        if (installedPackage(path) !== undefined) return undefined;
        const loads = await loadsOf(path, folder);
        found(loads);
        return loads.text === undefined ? undefined : { contents: loads.text, loader: loaderOf(path) };
      });
    },
  };
}

const asked = Symbol('asked by this plugin');

/**
 * Installed packages are not looked into. A package that is a link to a folder outside of node_modules is the project's
 * own code, and so is what `imports` of package.json and `paths` of tsconfig.json lead to.
 */
function packagesApart(found: (imported: PackageImport) => void): Plugin {
  return {
    name: 'packages apart',
    setup: (build) => {
      build.onResolve({ filter: /^[^./]/ }, async (args) => {
        if (args.kind === 'entry-point' || args.pluginData === asked) return undefined;
        return await resolveName(build, args, found);
      });
    },
  };
}

async function resolveName(
  build: PluginBuild,
  args: OnResolveArgs,
  found: (imported: PackageImport) => void,
): Promise<OnResolveResult> {
  const apart: OnResolveResult = { path: args.path, external: true };
  const name = packageName(args.path);
  if (isBuiltin(args.path) || name === 'retrial') return apart; // `retrial/stage` is in the key as the stage protocol
  const { resolveDir, importer, kind } = args;
  const at = await build.resolve(args.path, { resolveDir, importer, kind, with: args.with, pluginData: asked });
  if (at.errors.length > 0 && args.path.startsWith('#')) return { errors: at.errors };
  if (at.errors.length > 0) found({ name, from: resolveDir });
  if (at.errors.length > 0 || at.external) return apart;
  const installed = installedPackage(at.path);
  if (installed === undefined) return { path: at.path, namespace: at.namespace, sideEffects: at.sideEffects };
  found(installed);
  return apart;
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
