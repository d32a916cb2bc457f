/** By whose rules names of code are resolved: Node's own, tsx's, or those of hooks that nobody can foresee. */
import { readFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { isFile } from './code-names.ts';

export interface Runner {
  /** `hooked`: Node with other modules preloaded, which may register a loader. */
  readonly kind: 'node' | 'tsx' | 'hooked';
  /** Of `node --conditions`. */
  readonly conditions: readonly string[];
  /** Of `tsx --tsconfig`: absolute. */
  readonly tsconfig?: string;
  /** Of `NODE_PATH`: absolute. */
  readonly nodePaths: readonly string[];
}

export const plainNode: Runner = { kind: 'node', conditions: [], nodePaths: [] };

/** What may start under a name: whichever the runner takes, it is among them. */
export function startedBy(path: string, { kind }: Pick<Runner, 'kind'>): string[] {
  const found = kind === 'node' ? [] : candidates(path, true);
  if (found.length > 0) return found;
  const names = [path, ...['.js', '.cjs', '.mjs', '.ts'].map((end) => `${path}${end}`), ...mainOf(path)];
  return names.filter(isFile).slice(0, 1);
}

function mainOf(folder: string): string[] {
  const index = join(folder, 'index.js');
  try {
    const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { main?: unknown };
    if (typeof main !== 'string') return [index];
    const path = resolve(folder, main);
    return [path, `${path}.js`, join(path, 'index.js'), index];
  } catch {
    return [index];
  }
}

const implied = ['.ts', '.tsx', '.js', '.jsx', '.json'];
const instead: Readonly<Record<string, readonly string[]>> = {
  ...{ '.js': ['.ts', '.tsx', '.jsx'], '.jsx': ['.tsx', '.ts', '.js'] },
  ...{ '.mjs': ['.mts'], '.cjs': ['.cts'] },
};

/**
 * The files that tsx may take for a path: `./a.js` is a.ts where TypeScript imports it, and a.js or a.ts elsewhere, as
 * its version and `allowJs` have it.
 * @param filesFirst whether a file is taken before a folder of that name
 */
export function candidates(path: string, filesFirst: boolean): string[] {
  const end = extname(path);
  const swapped = (instead[end] ?? []).map((other) => path.slice(0, -end.length) + other);
  const files = [path, ...swapped].filter(isFile);
  if (files.length > 0) return files;
  const completed = implied.map((ext) => `${path}${ext}`).filter(isFile);
  if (completed.length > 0 && filesFirst) return completed;
  return [...completed, ...[...mainOf(path), ...implied.map((ext) => join(path, `index${ext}`))].filter(isFile)];
}

/** Others of the same name in its folder, which may be taken for a file that a tsconfig or package.json leads to. */
export function namesakes(path: string, specifier: string): string[] {
  const end = extname(path);
  if (specifier.endsWith(end) && instead[end] === undefined) return [];
  const stem = path.slice(0, path.length - end.length);
  return implied.map((ext) => `${stem}${ext}`).filter((other) => other !== path && isFile(other));
}

const hasModuleSync = (process.features as { require_module?: boolean }).require_module === true;

/** @param tsconfig the one that tsx goes by: it reads but one, from where it is started */
export function resolutionOf(runner: Runner, tsconfig: string | undefined): BuildOptions {
  const shared: BuildOptions = {
    conditions: [...runner.conditions, 'node-addons', ...(hasModuleSync ? ['module-sync'] : [])], // or esbuild adds `module`, which Node does not know
    mainFields: ['main'],
    ...(runner.nodePaths.length > 0 ? { nodePaths: [...runner.nodePaths] } : {}),
  };
  switch (runner.kind) {
    case 'node':
      return {
        ...shared,
        resolveExtensions: ['.js', '.json', '.node'],
        tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } }, // Node reads none, and leaves out no import
      };
    case 'tsx':
      return {
        ...shared,
        resolveExtensions: [...implied, '.node'],
        ...(tsconfig === undefined ? { tsconfigRaw: '{}' } : { tsconfig }),
      };
    default:
      return shared;
  }
}

/** The tsconfig.json that tsx finds from where it is started. */
export function tsconfigFrom(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'tsconfig.json');
    if (isFile(path)) return path;
    if (at === dirname(at)) return undefined;
  }
}
