/** Resolves what code imports: by esbuild, where it knows the rules of what runs the code, and beside it where not. */
import { realpathSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { resolve } from 'node:path';
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import { installedPackage, isPath, linkedPackage, type PackageImport, packageName } from './code-names.ts';
import { candidates, namesakes, type Runner } from './runner.ts';

export interface BundleContext {
  readonly root: string;
  /** Where the stage's command runs. */
  readonly folder: string;
  readonly runner: Runner;
  /** The one that tsx goes by. */
  readonly tsconfig: string | undefined;
  /** Is told that code registers a loader: names may be resolved by rules of its own. */
  readonly registers: () => void;
}

export interface Findings {
  readonly imported: (found: PackageImport) => void;
  readonly other: (path: string) => void;
  readonly throughLink: (path: string) => void;
}

const asked = Symbol('asked by this plugin');

/**
 * Installed packages are not looked into. A package that is a link to a folder outside of node_modules is the project's
 * own code, and so is what `imports` of package.json and `paths` of tsconfig.json lead to.
 */
export function resolving(context: BundleContext, findings: Findings): Plugin {
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
): Promise<OnResolveResult | undefined> {
  const at = await ask(build, args);
  const isTypeScript = isTypeScriptName(args.importer);
  const filesFirst = isTypeScript || args.kind === 'require-call';
  const possible = runner.kind === 'node' ? [] : candidates(resolve(args.resolveDir, args.path), filesFirst);
  const first = runner.kind === 'tsx' && isTypeScript ? possible.find(isTypeScriptName) : undefined; // as tsx has it
  const path = first ?? (at.errors.length === 0 ? at.path : possible[0]);
  if (path === undefined) return undefined; // esbuild says so, unless the code is ready for it
  for (const other of possible) if (other !== path) findings.other(other);
  return at.external ? { path: args.path, external: true } : taken(path, at.namespace, findings);
}

function isTypeScriptName(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path);
}

async function resolveName(
  build: PluginBuild,
  args: OnResolveArgs,
  context: BundleContext,
  findings: Findings,
): Promise<OnResolveResult> {
  const { root, runner } = context;
  const apart: OnResolveResult = { path: args.path, external: true };
  const imported = { name: packageName(args.path), from: args.resolveDir };
  if (isHook(args.path)) context.registers();
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

/** Packages that are imported for the loader they register. */
function isHook(specifier: string): boolean {
  return /^(tsx|ts-node|tsconfig-paths|jiti|module-alias)(\/|$)|\/(register|hooks?|loader|esm|cjs)$/.test(specifier);
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
