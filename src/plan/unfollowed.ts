/**
 * What a file of code loads in ways that esbuild passes over in silence: computed imports, createRequire, workers, forked
 * processes, and files named by URL. Literal relative names are followed; the rest is told with its place.
 */
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AnyNode, CallExpression, NewExpression, Super } from 'acorn';
import { builtinNames } from './builtin-names.ts';
import { isFile, isPath, type PackageImport, packageName } from './code-names.ts';
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
  mentionsOwnPlace,
} from './node-shapes.ts';
import type { Found } from './program-reader.ts';
import { plainNode, startedBy } from './runner.ts';
import { processOf } from './started-processes.ts';
import { nodesBelow, type SyntaxTree, syntaxTree } from './syntax-tree.ts';
import type { Entry } from './trace.ts';
import { type Place, withoutPatterns } from './without-patterns.ts';

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
  /** Code that is started as a process of its own. */
  readonly programs: readonly Entry[];
  /** Packages whose loaders are registered. */
  readonly imports: readonly PackageImport[];
  /** Whether a loader is registered: names may be resolved by rules of its own. */
  readonly registers: boolean;
  readonly unfollowed: readonly Unfollowed[];
  /** The same text, in which esbuild takes no computed name for a pattern of files; only where there is one. */
  readonly text?: string;
}

/** Most files have none of these words, and need no syntax tree. */
const suspicious =
  /\brequire\b|\bcreateRequire\b|\bWorker\b|worker_threads|child_process|\bexeca\b|\bregister(Hooks)?\b|\bimport\s*[(./]/;
/** A loader of the code's own, without `register` of node:module. */
const patching = /\bregisterHooks\b|\b_(resolveFilename|extensions)\b/;

/**
 * @param file absolute path
 * @param folder where the stage's command runs: workers and forked processes are named relative to it
 */
export async function loadsOf(file: string, folder: string): Promise<Loads> {
  const none: Loads = { followed: [], programs: [], imports: [], registers: false, unfollowed: [] };
  const text = await readFile(file, 'utf8');
  if (!suspicious.test(text)) return none;
  const tree = await syntaxTree(file, text).catch(() => undefined);
  if (tree === undefined)
    return { ...none, unfollowed: [{ file, line: 1, column: 1, what: 'code that cannot be parsed' }] };
  const { computed, ...found } = new LoadsFinder(file, folder, tree).find();
  const loads = { ...found, registers: found.registers || patching.test(text) };
  return computed.length === 0 ? loads : { ...loads, text: withoutPatterns(text, computed) };
}

type Called = CallExpression | NewExpression;

class LoadsFinder {
  readonly #followed = new Set<string>();
  readonly #programs: Entry[] = [];
  readonly #imports: PackageImport[] = [];
  #registers = false;
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
    return {
      followed: [...this.#followed],
      ...{ programs: this.#programs, imports: this.#imports, registers: this.#registers },
      ...{ unfollowed: this.#unfollowed, computed: this.#computedCalls },
    };
  }

  #call(node: Called): void {
    const { callee } = node;
    const [file, folder, names] = [this.#file, this.#folder, this.#names];
    const started = processOf(node, { file, folder, names, namesFile: (arg) => this.#namesFile(arg) });
    const [first] = node.arguments;
    if (started !== undefined) this.#starts(started, node);
    else if (this.#names.calls(callee, 'createRequire')) this.#tell(node, 'createRequire()');
    else if (this.#names.calls(callee, 'Worker') && node.type === 'NewExpression') this.#program(node, 'a worker');
    else if (this.#names.calls(callee, 'fork')) this.#program(node, 'a forked process');
    else if (this.#names.calls(callee, 'register') && first !== undefined) this.#loader(node, first);
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

  /** `register('./hooks.mjs', import.meta.url)` of node:module */
  #loader(node: Called, name: Argument): void {
    this.#registers = true;
    const path = literal(this.#names.constant(name));
    if (path === undefined) {
      if (!this.#namesFile(name)) this.#tell(node, 'register() of a computed name');
    } else if (isPath(path)) {
      const parent = this.#names.constant(node.arguments[1]);
      const places = mentionsOwnPlace(parent) ? [dirname(this.#file)] : [this.#folder, dirname(this.#file)];
      const found = places.map((place) => resolve(place, path)).find(isFile);
      if (found === undefined) this.#tell(node, 'register()');
      else this.#followed.add(found);
    } else if (!isBuiltin(path)) this.#imports.push({ name: packageName(path), from: dirname(this.#file) });
  }

  #starts({ entries, preloaded, scripts, computed }: Found, node: Called): void {
    this.#programs.push(...entries.filter(({ path }) => path !== this.#file));
    this.#imports.push(...preloaded);
    for (const script of scripts) this.#followed.add(script);
    if (computed) this.#tell(node, 'a process of Node from a computed path');
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
