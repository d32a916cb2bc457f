/**
 * What a file of code loads in ways that esbuild passes over in silence: computed imports, createRequire, workers, forked
 * processes, and files named by URL. Literal relative names are followed; the rest is told with its place.
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AnyNode, CallExpression, NewExpression, Super } from 'acorn';
import { builtinNames } from './builtin-names.ts';
import { isFile, isPath } from './code-names.ts';
import {
  type Argument,
  holdsTrue,
  isCall,
  isHandedOn,
  isIdentifier,
  isImportMeta,
  isMember,
  literal,
  mentionsImportMeta,
} from './node-shapes.ts';
import { plainNode, startedBy } from './runner.ts';
import { nodesBelow, type SyntaxTree, syntaxTree } from './syntax-tree.ts';

/** Something that may load a file which nobody can name before it runs. */
export interface Unfollowed {
  /** Absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What it is, as the beginning of a sentence: `import() of a computed name`. */
  readonly what: string;
}

export interface Loads {
  /** Absolute paths of files that exist. */
  readonly followed: readonly string[];
  readonly unfollowed: readonly Unfollowed[];
  /** The same text, in which esbuild takes no computed name for a pattern of files; only where there is one. */
  readonly text?: string;
}

/** Most files have none of these words, and need no syntax tree. */
const suspicious = /\brequire\b|\bcreateRequire\b|\bWorker\b|\bfork\b|\bimport\s*[(./]/;

/**
 * @param file absolute path
 * @param folder where the stage's command runs: workers and forked processes are named relative to it
 */
export async function loadsOf(file: string, folder: string): Promise<Loads> {
  const none: Loads = { followed: [], unfollowed: [] };
  const text = await readFile(file, 'utf8');
  if (!suspicious.test(text)) return none;
  const tree = await syntaxTree(file, text).catch(() => undefined);
  if (tree === undefined)
    return { followed: [], unfollowed: [{ file, line: 1, column: 1, what: 'code that cannot be parsed' }] };
  const { computed, ...loads } = new LoadsFinder(file, folder, tree).find();
  return computed.length === 0 ? loads : { ...loads, text: withoutPatterns(text, computed) };
}

type Place = Pick<Unfollowed, 'line' | 'column'>;

/** From `import('./' + name)` esbuild would take in every file of the folder, whatever it is. */
function withoutPatterns(text: string, calls: readonly Place[]): string {
  const lines = text.split('\n');
  for (const { line, column } of [...calls].reverse()) {
    const before = (lines[line - 1] ?? '').slice(0, column - 1);
    const call = (lines[line - 1] ?? '').slice(column - 1);
    lines[line - 1] = before + call.replace(/^(import|require)\s*\(/, '$&globalThis.computed || ');
  }
  return lines.join('\n');
}

type Called = CallExpression | NewExpression;

class LoadsFinder {
  readonly #followed = new Set<string>();
  readonly #unfollowed: Unfollowed[] = [];
  readonly #computedCalls: Place[] = [];
  readonly #file: string;
  readonly #folder: string;
  readonly #tree: SyntaxTree;
  readonly #names: ReturnType<typeof builtinNames>;

  constructor(file: string, folder: string, tree: SyntaxTree) {
    this.#file = file;
    this.#folder = folder;
    this.#tree = tree;
    this.#names = builtinNames(tree.program);
  }

  find(): Loads & { readonly computed: readonly Place[] } {
    const isCreateRequire = (node: AnyNode) => isCall(node) && this.#names.calls(node.callee, 'createRequire');
    for (const { node, parent } of nodesBelow(this.#tree.program, isCreateRequire)) {
      if (node.type === 'ImportExpression') this.#computed(node, node.source, 'import()');
      else if (isCall(node)) this.#call(node);
      else if (node.type === 'Identifier' && node.name === 'require' && isHandedOn(node, parent))
        this.#tell(node, 'require under another name');
    }
    return { followed: [...this.#followed], unfollowed: this.#unfollowed, computed: this.#computedCalls };
  }

  #call(node: Called): void {
    const { callee } = node;
    const [first] = node.arguments;
    if (this.#names.calls(callee, 'createRequire')) this.#tell(node, 'createRequire()');
    else if (this.#names.calls(callee, 'Worker') && node.type === 'NewExpression') this.#program(node, 'a worker');
    else if (this.#names.calls(callee, 'fork')) this.#program(node, 'a forked process');
    else if (node.type === 'NewExpression' && isIdentifier(callee, 'URL')) this.#url(node);
    else if (isIdentifier(callee, 'require') && first !== undefined) this.#computed(node, first, 'require()');
    else if (isMember(callee, 'module', 'require')) this.#tell(node, 'module.require()');
    else if (isMember(callee, 'require', 'resolve') && isRelativeOrComputed(first))
      this.#beside(node, first, 'require.resolve()');
    else if (isImportMeta(callee, 'resolve')) this.#beside(node, first, 'import.meta.resolve()');
  }

  /** A literal is followed by esbuild, or said to be nowhere. */
  #computed(node: AnyNode, name: Argument, what: string): void {
    if (literal(name) !== undefined) return;
    this.#computedCalls.push(this.#tree.placeOf(node));
    if (!this.#namesFile(name)) this.#tell(node, `${what} of a computed name`);
  }

  /** Started from a file that is relative to where the command runs, or given as a URL relative to this one. */
  #program(node: Called, what: string): void {
    const [first, options] = node.arguments;
    if (options?.type === 'ObjectExpression' && holdsTrue(options, 'eval')) return; // its code is in this file
    const path = literal(this.#names.constant(first));
    const found =
      path === undefined || !isPath(path) ? undefined : startedBy(resolve(this.#folder, path), plainNode)[0];
    if (found !== undefined) this.#followed.add(found);
    else if (!this.#namesFile(first)) this.#tell(node, `${what} from a computed path`);
  }

  #url(node: NewExpression): void {
    if (!this.#isFileUrl(node)) return;
    this.#beside(node, node.arguments[0], 'a file named by new URL(…, import.meta.url)');
  }

  #isFileUrl(node: AnyNode): node is NewExpression {
    if (node.type !== 'NewExpression' || !isIdentifier(node.callee, 'URL')) return false;
    const [name, base] = node.arguments;
    return mentionsImportMeta(this.#names.constant(base)) && !/^[a-z][\w+.-]+:/i.test(literal(name) ?? '');
  }

  #beside(node: Called, name: Argument, what: string): void {
    const found = fileBeside(this.#file, literal(this.#names.constant(name)));
    if (found === undefined) this.#tell(node, what);
    else this.#followed.add(found);
  }

  /** A file told by URL or resolved, a constant that is one, or what is made of it alone: followed or told by itself. */
  #namesFile(name: Argument | Super, depth = 0): boolean {
    const value = name?.type === 'Super' ? undefined : this.#names.constant(name);
    if (value === undefined || depth > 5) return false;
    if (this.#isFileUrl(value)) return true;
    const inner = (node: Argument | Super) => this.#namesFile(node, depth + 1);
    switch (value.type) {
      case 'ConditionalExpression':
        return inner(value.consequent) && inner(value.alternate);
      case 'LogicalExpression':
        return inner(value.left) && inner(value.right);
      case 'MemberExpression':
        return inner(value.object); // url.href
      case 'CallExpression':
        if (isImportMeta(value.callee, 'resolve') || isMember(value.callee, 'require', 'resolve')) return true;
        if (value.arguments.length === 0 && value.callee.type === 'MemberExpression') return inner(value.callee.object);
        return value.arguments.length === 1 && inner(value.arguments[0]); // fileURLToPath(url)
      default:
        return false;
    }
  }

  #tell(node: AnyNode, what: string): void {
    this.#unfollowed.push({ file: this.#file, ...this.#tree.placeOf(node), what });
  }
}

function fileBeside(file: string, name: string | undefined): string | undefined {
  if (name === undefined || !isPath(name)) return undefined;
  const path = fileURLToPath(new URL(name, pathToFileURL(`${dirname(file)}/`)));
  return isFile(path) ? path : undefined;
}

/** The names of packages are followed as those of any require. */
function isRelativeOrComputed(name: Argument): boolean {
  const text = literal(name);
  return text === undefined || isPath(text);
}
