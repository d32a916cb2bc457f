/** Which local files some entries import, and which packages: by the rules of what runs them. */
import { realpathSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import type { Loader, Plugin } from 'esbuild';
import { type Diagnostic, UserError } from '../errors.ts';
import { installedPackage, isCode, type PackageImport } from './code-names.ts';
import { namedFrom } from './links.ts';
import { type BundleContext, resolving } from './resolving.ts';
import { resolutionOf } from './runner.ts';
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
      looking(root, folder, scripts, (found) => {
        loads.push(found);
        if (found.registers) context.registers();
      }),
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
