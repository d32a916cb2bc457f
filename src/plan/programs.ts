/** The programs that a stage's command starts, as far as its text says: which files Node runs, and where. */
import { basename, resolve } from 'node:path';
import { itemAt, valueText } from '../pipeline/templates.ts';
import type { Stage, Template } from '../pipeline/types.ts';
import { isCode, isPath, type PackageImport, packageName } from './code-names.ts';
import { type Runner, startedBy } from './runner.ts';
import { shellPrograms } from './shell-words.ts';
import type { Entry } from './trace.ts';

export interface Programs {
  /** The code that Node or tsx is started with, preloaded modules among it. */
  readonly entries: readonly Entry[];
  /** Packages that are preloaded by name: `node --import tsx`. */
  readonly preloaded: readonly PackageImport[];
  /** Whether code is run that the command does not name: by a param's value, a variable, or a script of package.json. */
  readonly unknown: boolean;
}

/** Where the command runs: what its words name is relative to it. */
export function workingFolder({ cwd }: Stage, root: string): string {
  return resolve(root, cwd?.path ?? '.');
}

/** What stands for a value that only the run knows, in the words of a command. */
const unknownValue = '\0';

export function programsOf(stage: Stage, root: string): Programs {
  const reader = new ProgramReader(workingFolder(stage, root));
  const literal = (quoted: boolean) => (template: Template) =>
    template.map((part) => textOf(part, stage, root, quoted)).join('');
  if (stage.cmd.kind === 'argv') reader.program(stage.cmd.args.map(literal(false)));
  else reader.line(literal(true)(stage.cmd.line));
  return reader.found();
}

/**
 * The literal words of the command, quotes and shell operators aside: what may name files of any program. Of an instance
 * the values of its item are as literal.
 */
export function commandWords(stage: Stage): string[] {
  const literal = (template: Template) => template.map((part) => textOf(part, stage, undefined, false)).join('');
  if (stage.cmd.kind === 'argv') return stage.cmd.args.map(literal);
  return literal(stage.cmd.line)
    .split(/[\s;&|()<>]+/)
    .map((word) => word.replace(/^(['"])(.*)\1$/, '$2'))
    .filter((word) => word !== '');
}

/** @param root undefined where the paths of dependencies are no matter */
function textOf(part: Template[number], stage: Stage, root: string | undefined, quoted: boolean): string {
  if (typeof part === 'string') return part;
  const dep = part.kind === 'dep' ? stage.deps[part.name] : undefined;
  const item = part.kind === 'item' && stage.item !== undefined ? itemAt(stage.item, part.key) : undefined;
  const value =
    dep?.kind === 'path' && root !== undefined
      ? resolve(root, dep.path)
      : item === undefined
        ? unknownValue
        : valueText(item);
  return quoted ? `'${value.replaceAll("'", `'\\''`)}'` : value;
}

/** Options of Node and tsx whose value is a word of its own and names no module. */
const valued = new Set([
  ...['--env-file', '--env-file-if-exists', '--input-type', '--title', '--watch-path', '--disable-warning'],
  ...['--experimental-config-file', '--experimental-default-type', '--unhandled-rejections', '--dns-result-order'],
  ...['--test-name-pattern', '--test-reporter', '--test-reporter-destination', '--redirect-warnings', '--icu-data-dir'],
  ...[
    '--diagnostic-dir',
    '--report-dir',
    '--report-directory',
    '--cpu-prof-dir',
    '--heap-prof-dir',
    '--openssl-config',
  ],
]);
const conditional = new Set(['-C', '--conditions']);
const preloading = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader']);
const inline = new Set(['-e', '--eval', '-p', '--print', '-pe']);
const managers = new Set(['npm', 'pnpm', 'yarn', 'bun']);

/** `npm run fit`, `npm start`, `node --run fit`, `make fit` */
function runsScript(program: string, [first = '']: readonly string[]): boolean {
  if (program === 'node') return first === '--run';
  return program === 'make' || (managers.has(program) && /^(run|run-script|start|test)$/.test(first));
}

const shells = new Set(['sh', 'bash', 'dash', 'zsh']);

class ProgramReader {
  readonly #entries = new Map<string, Entry>();
  readonly #preloaded = new Map<string, PackageImport>();
  /** Where the command may be by now: `cd` in a subshell ends with it. */
  readonly #folders: string[];
  #unknown = false;

  constructor(folder: string) {
    this.#folders = [folder];
  }

  line(text: string): void {
    for (const words of shellPrograms(text)) this.program(words);
  }

  program(words: readonly string[]): void {
    const [first, second] = words;
    if (first === 'cd' && second !== undefined) this.#folders.unshift(resolve(this.#folders[0] ?? '', second));
    const started = words.findIndex((word) => !/^\w+=/.test(word)); // behind variables that are set for it
    for (const [at, word] of words.entries()) {
      const after = words.slice(at + 1);
      if (at === started && runsScript(basename(word), after)) this.#unknown = true;
      if (['node', 'tsx'].includes(basename(word))) this.#node(basename(word), after);
      if (shells.has(basename(word)) && after[0] === '-c') this.line(after[1] ?? '');
    }
  }

  found(): Programs {
    const preloaded = [...this.#preloaded.values()];
    return { entries: [...this.#entries.values()], preloaded, unknown: this.#unknown };
  }

  /** What follows the program's own name, up to the file it runs; the rest is for that one to read. */
  #node(program: string, words: readonly string[]): void {
    const modules: string[] = [];
    const conditions: string[] = [];
    let tsconfig: string | undefined;
    let file: string | undefined;
    for (let at = 0; at < words.length && file === undefined; at++) {
      const word = words[at] ?? '';
      const [option = '', attached] = word.startsWith('--') ? word.split(/=(.*)/s) : [word];
      const value = () => attached ?? words[++at] ?? '';
      if (inline.has(option)) break;
      if (preloading.has(option)) modules.push(value());
      else if (conditional.has(option)) conditions.push(value());
      else if (option === '--tsconfig') tsconfig = resolve(this.#folders[0] ?? '', value());
      else if (valued.has(option)) value();
      else if (!word.startsWith('-') && word !== 'watch' && !this.#isValue(word, words[at - 1])) file = word;
    }
    const runsTsx = program === 'tsx' || modules.some((name) => packageName(name) === 'tsx');
    const runner: Runner = {
      kind: runsTsx ? 'tsx' : modules.length > 0 ? 'hooked' : 'node',
      ...{ conditions, nodePaths: [] },
      ...(tsconfig === undefined ? {} : { tsconfig }),
    };
    for (const name of modules) this.#preload(name, runner);
    if (file !== undefined) this.#entry(file, runner);
  }

  /** Of an option that is not known here. */
  #isValue(word: string, before = ''): boolean {
    if (!before.startsWith('--') || before.includes('=')) return false;
    return !this.#folders.some((folder) => startedBy(resolve(folder, word), { kind: 'hooked' }).some(isCode));
  }

  #entry(word: string, runner: Runner): void {
    if (word.includes(unknownValue) || /[$*?]/.test(word)) {
      this.#unknown = true;
      return;
    }
    for (const folder of this.#folders) {
      const files = startedBy(resolve(folder, word), runner);
      for (const path of files.filter((path) => !/\.(json|node|wasm)$/.test(path)))
        this.#entries.set(JSON.stringify([path, runner]), { path, runner });
      if (files.length > 0) return;
    }
  }

  #preload(name: string, runner: Runner): void {
    if (isPath(name)) this.#entry(name, runner);
    else this.#preloaded.set(name, { name: packageName(name), from: this.#folders.at(-1) ?? '' });
  }
}
