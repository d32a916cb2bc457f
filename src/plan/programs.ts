/** The programs that a stage's command starts, as far as its text says: which files Node runs, and where. */
import { basename, resolve } from 'node:path';
import { itemAt, valueText } from '../pipeline/templates.ts';
import type { Stage, Template } from '../pipeline/types.ts';
import { entryFile, isCode, isPath, type PackageImport, packageName } from './code-names.ts';
import { shellPrograms } from './shell-words.ts';

export interface Programs {
  /** Absolute paths of the code that Node or tsx is started with, preloaded modules among it. */
  readonly entries: readonly string[];
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
 * The literal words of the command, quotes and shell operators aside: what may name files of any program. What it prints
 * into is none. Of an instance the values of its item are as literal.
 */
export function commandWords(stage: Stage): string[] {
  if (stage.cmd.kind === 'argv') return stage.cmd.args.map((arg) => literalText(arg, stage));
  return literalText(stage.cmd.line, stage)
    .replace(printedInto, ' ')
    .split(/[\s;&|()<>]+/)
    .map(unquoted)
    .filter((word) => word !== '');
}

/** Those of them that the command reads from by `<`. */
export function readFrom(stage: Stage): string[] {
  if (stage.cmd.kind === 'argv') return [];
  const found = literalText(stage.cmd.line, stage).matchAll(/(?<!<)<\s*("[^"]*"|'[^']*'|[^\s;&|()<>]+)/g);
  return [...found].map(([, word = '']) => unquoted(word));
}

/** `> file`, `2>>file`, `&> file`, `>| file`, `2>&1` */
const printedInto = /(?:&|(?<=^|[\s;&|()])\d+)?>[>|&]?\s*(?:"[^"]*"|'[^']*'|[^\s;&|()<>]+)/g;

const unquoted = (word: string) => word.replace(/^(['"])(.*)\1$/, '$2');

function literalText(template: Template, stage: Stage): string {
  return template.map((part) => textOf(part, stage, undefined, false)).join('');
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
const valued = new Set(['-C', '--conditions', '--env-file', '--input-type', '--title', '--tsconfig']);
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
  readonly #entries = new Set<string>();
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
      if (['node', 'tsx'].includes(basename(word))) this.#node(after);
      if (shells.has(basename(word)) && after[0] === '-c') this.line(after[1] ?? '');
    }
  }

  found(): Programs {
    const preloaded = [...this.#preloaded.values()];
    return { entries: [...this.#entries], preloaded, unknown: this.#unknown };
  }

  /** What follows the program's own name, up to the file it runs; the rest is for that one to read. */
  #node(words: readonly string[]): void {
    for (let at = 0; at < words.length; at++) {
      const word = words[at] ?? '';
      const [option = '', value] = word.startsWith('--') ? word.split(/=(.*)/s) : [word];
      if (inline.has(option)) return;
      if (preloading.has(option)) this.#preload(value ?? words[++at] ?? '');
      else if (valued.has(option)) at += value === undefined ? 1 : 0;
      else if (!word.startsWith('-') && word !== 'watch') {
        this.#entry(word);
        return;
      }
    }
  }

  #entry(word: string): void {
    if (word.includes(unknownValue) || /[$*?]/.test(word)) {
      this.#unknown = true;
      return;
    }
    for (const folder of this.#folders) {
      const file = entryFile(resolve(folder, word));
      if (file === undefined) continue;
      if (isCode(file)) this.#entries.add(file);
      return;
    }
  }

  #preload(name: string): void {
    if (isPath(name)) this.#entry(name);
    else this.#preloaded.set(name, { name: packageName(name), from: this.#folders.at(-1) ?? '' });
  }
}
