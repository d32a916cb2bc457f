/** Reads the words of a command for what they start: which files Node runs and by which rules, and what others run. */
import { basename, isAbsolute, resolve } from 'node:path';
import { isCode, isFile, isPath, type PackageImport, packageName } from './code-names.ts';
import { firstLine, scriptOf } from './interpreters.ts';
import { isUnknown, nodeStart } from './node-words.ts';
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
  /** Absolute paths of files that other programs run, or that are run themselves. */
  readonly scripts: readonly string[];
  /** Absolute paths of entries that are run by their own name. */
  readonly executed: readonly string[];
}

export interface Found extends Programs {
  /** Whether Node runs a file that is not named. */
  readonly computed: boolean;
}

/** Whether a word stands before the program that is run. */
function isBefore(word: string): boolean {
  return wrappers.has(word) || /^\w+=|^-|^[\d.]+[smhd]?$/.test(word);
}

const managers = new Set(['npm', 'pnpm', 'yarn', 'bun']);

/** `npm run fit`, `npm start`, `node --run fit`, `make fit` */
function runsScript(program: string, [first = '']: readonly string[]): boolean {
  if (program === 'node') return first === '--run';
  return program === 'make' || (managers.has(program) && /^(run|run-script|start|test)$/.test(first));
}

/** Programs, and words of the shell, behind which another program stands. */
const wrappers = new Set(
  'exec time nohup command env nice timeout stdbuf setsid xvfb-run do then else if elif while until ! {'.split(' '),
);
/** Programs that start another one, somewhere behind words of their own. */
const launchers = new Set(
  `poetry uv pipenv pdm hatch rye conda mamba micromamba mpirun mpiexec srun sudo taskset numactl ionice flock strace perf
  xargs`.split(/\s+/),
);

export class ProgramReader {
  readonly #entries = new Map<string, Entry>();
  readonly #preloaded = new Map<string, PackageImport>();
  readonly #scripts = new Set<string>();
  readonly #executed = new Set<string>();
  /** Where the command may be by now: `cd` in a subshell ends with it. */
  #folders: readonly string[];
  /** Variables that the programs are given, as far as they say what is run. */
  readonly #variables: Map<string, string>;
  /** Where `cd` of this line leads may end before the line does. */
  #hasSubshells = false;
  /** Behind a `cd` to a folder that only the run knows. */
  #isLost = false;
  #unknown = false;
  #runsScript = false;

  constructor(folder: string, variables: ReadonlyMap<string, string> = new Map()) {
    this.#folders = [folder];
    this.#variables = new Map(variables);
  }

  line(text: string): void {
    this.#hasSubshells ||= /[(`]/.test(text);
    for (const words of shellPrograms(text)) this.program(words);
  }

  program(words: readonly string[]): void {
    const [first, second] = words;
    if (first === 'cd' && second !== undefined) this.#enter(second);
    if (first === 'eval') this.line(words.slice(1).join(' '));
    const started = words.findIndex((word) => !/^\w+=/.test(word)); // behind variables that are set for it
    if (started === -1 || first === 'export' || first === 'env') this.#set(this.#variables, words);
    const variables = this.#set(new Map(this.#variables), started === -1 ? words : words.slice(0, started));
    const own = words.findIndex((word, at) => at >= started && started !== -1 && !isBefore(word));
    const launches = launchers.has(basename(words[own] ?? ''));
    for (const [at, word] of words.entries()) {
      const [name, after] = [basename(word), words.slice(at + 1)];
      if (at === started && runsScript(name, after)) this.#runsScript = true;
      if (name === 'node' || name === 'tsx') this.#node(name, after, variables);
      const script = scriptOf(name, after);
      if (script?.kind === 'line') this.#inside(script.text);
      else if (script !== undefined && (at === own || launches)) this.#script(script.names);
    }
    if (words[own]?.includes('/')) this.#path(words[own], words.slice(own + 1));
  }

  found(): Found {
    return {
      entries: [...this.#entries.values()],
      preloaded: [...this.#preloaded.values()],
      scripts: [...this.#scripts],
      executed: [...this.#executed],
      unknown: this.#unknown || this.#runsScript,
      computed: this.#unknown,
    };
  }

  #enter(folder: string): void {
    this.#isLost = isUnknown(folder) || folder === '-' || (this.#isLost && !isAbsolute(folder));
    this.#folders = [resolve(this.#folders[0] ?? '', folder), ...this.#folders];
  }

  /** A shell of its own: where it goes, the rest of the command does not. */
  #inside(line: string): void {
    const [folders, isLost] = [this.#folders, this.#isLost];
    this.line(line);
    this.#folders = folders;
    this.#isLost = isLost;
  }

  #set(variables: Map<string, string>, words: readonly string[]): Map<string, string> {
    for (const word of words) {
      const [, name, value] = word.match(/^(\w+)=(.*)$/s) ?? [];
      if (name !== undefined) variables.set(name, value ?? '');
    }
    return variables;
  }

  /** A file that is run by another program; the first that is there. */
  #script(names: readonly string[]): void {
    for (const folder of this.#folders)
      for (const name of names) {
        const path = resolve(folder, name);
        if (isUnknown(name) || !isFile(path)) continue;
        this.#scripts.add(path);
        return;
      }
  }

  /** A file that is run itself: by its first line it may be one of Node's. */
  #path(word: string, after: readonly string[]): void {
    const path = this.#folders.map((folder) => resolve(folder, word)).find(isFile);
    if (path === undefined || isUnknown(word) || basename(word) === 'node' || basename(word) === 'tsx') return;
    const interpreter =
      firstLine(path)
        .match(/^#!\s*(.+)/)?.[1]
        ?.trim()
        .split(/\s+/) ?? [];
    const at = interpreter.findIndex((part) => /^(node|tsx)$/.test(basename(part)));
    if (at === -1) this.#scripts.add(path);
    else {
      this.#executed.add(path);
      this.program([...interpreter.slice(at), path, ...after]);
    }
  }

  #node(program: string, words: readonly string[], variables: ReadonlyMap<string, string>): void {
    const isCodeHere = (word: string) =>
      this.#folders.some((folder) => startedBy(resolve(folder, word), { kind: 'hooked' }).some(isCode));
    const context = { folder: this.#folders[0] ?? '', variables, isCode: isCodeHere };
    const { file, modules, runner, unknown } = nodeStart(program, words, context);
    if (unknown) this.#unknown = true;
    for (const name of modules) this.#preload(name, runner);
    if (file !== undefined) this.#entry(file, runner);
  }

  #entry(word: string, runner: Runner): void {
    if (this.#isLost && !isAbsolute(word)) this.#unknown = true;
    if (isUnknown(word)) {
      this.#unknown = true;
      return;
    }
    for (const folder of this.#folders) {
      const files = startedBy(resolve(folder, word), runner);
      for (const path of files.filter((path) => !/\.(json|node|wasm)$/.test(path)))
        this.#entries.set(JSON.stringify([path, runner]), { path, runner });
      if (files.length > 0 && !this.#hasSubshells) return;
    }
  }

  #preload(name: string, runner: Runner): void {
    if (isPath(name)) this.#entry(name, runner);
    else this.#preloaded.set(name, { name: packageName(name), from: this.#folders.at(-1) ?? '' });
  }
}
