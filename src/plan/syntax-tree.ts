/** The syntax tree of a JavaScript or TypeScript file, with its places in the file as it was written. */
import { SourceMap, type SourceMapPayload } from 'node:module';
import { extname } from 'node:path';
import type { AnyNode, Node, Program } from 'acorn';
import type { Loader } from 'esbuild';

export interface SyntaxTree {
  readonly program: Program;
  /** Line and column of a node in the source, from 1. */
  placeOf(node: Node): { readonly line: number; readonly column: number };
}

const loaders: Readonly<Record<string, Loader>> = {
  ...{ '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx' },
  ...{ '.js': 'js', '.mjs': 'js', '.cjs': 'js', '.jsx': 'jsx' },
};

export function loaderOf(path: string): Loader {
  return loaders[extname(path)] ?? 'js';
}

/**
 * esbuild takes out types and JSX first, and folds what is constant: `import(a ? './b.ts' : './c.ts')` has two literal
 * imports by then. Throws where the text is neither a module nor a script.
 */
export async function syntaxTree(path: string, text: string): Promise<SyntaxTree> {
  const [{ transform }, { parse }] = await Promise.all([import('esbuild'), import('acorn')]);
  const { code, map } = await transform(text, {
    loader: loaderOf(path),
    ...{ target: 'es2022', sourcemap: 'external', sourcefile: path, logLevel: 'silent' },
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
  const options = { ecmaVersion: 'latest', locations: true, allowHashBang: true } as const;
  const program = (() => {
    try {
      return parse(code, { ...options, sourceType: 'module' });
    } catch {
      return parse(code, { ...options, sourceType: 'script', allowReturnOutsideFunction: true });
    }
  })();
  const places = new SourceMap(JSON.parse(map) as SourceMapPayload);
  return { program, placeOf: (node) => originalPlace(places, node) };
}

function originalPlace(places: SourceMap, { loc }: Node): { line: number; column: number } {
  const start = loc?.start ?? { line: 1, column: 0 };
  const found = places.findEntry(start.line - 1, start.column);
  if (!('originalLine' in found)) return { line: start.line, column: start.column + 1 };
  return { line: found.originalLine + 1, column: found.originalColumn + 1 };
}

/** Every node below and at this one, with the node it is in; what is below those that `skip` names is left out. */
export function* nodesBelow(
  node: AnyNode,
  skip: (node: AnyNode) => boolean = () => false,
  parent?: AnyNode,
): Generator<{ node: AnyNode; parent: AnyNode | undefined }> {
  yield { node, parent };
  if (skip(node)) return;
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* nodesBelow(child, skip, node);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
