/** What Node or tsx is started with: the file it runs, modules preloaded before it, and the rules they are resolved by. */
import { delimiter, resolve } from 'node:path';
import { packageName } from './code-names.ts';
import type { Runner } from './runner.ts';

/** What stands for a value that only the run knows, in the words of a command. */
export const unknownValue = '\0';

/** What only the shell or the run knows. */
export function isUnknown(word: string): boolean {
  return word.includes(unknownValue) || /[$*?]/.test(word);
}

/** Options whose value is a word of its own and names no module. */
const valued = new Set(
  `--env-file --env-file-if-exists --input-type --title --watch-path --disable-warning --experimental-config-file
  --experimental-default-type --unhandled-rejections --dns-result-order --test-name-pattern --test-reporter
  --test-reporter-destination --redirect-warnings --icu-data-dir --diagnostic-dir --report-dir --report-directory
  --cpu-prof-dir --heap-prof-dir --openssl-config`.split(/\s+/),
);
const conditional = new Set(['-C', '--conditions']);
const preloading = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader']);
const inline = new Set(['-e', '--eval', '-p', '--print', '-pe']);

export interface NodeStart {
  /** As it is written; absent where its code is in the command, or nothing is named. */
  readonly file?: string;
  /** Preloaded, as they are written. */
  readonly modules: readonly string[];
  readonly runner: Runner;
  /** Whether options come from where only the run knows. */
  readonly unknown: boolean;
}

export interface NodeContext {
  readonly folder: string;
  /** Variables it is given. */
  readonly variables: ReadonlyMap<string, string>;
  /** Whether a word may be the file that is run. */
  readonly isCode: (word: string) => boolean;
}

/** @param own what follows the program's own name: up to the file it runs; the rest is for that one to read */
export function nodeStart(
  program: string,
  own: readonly string[],
  { folder, variables, isCode }: NodeContext,
): NodeStart {
  const modules: string[] = [];
  const conditions: string[] = [];
  const given = wordsIn(variables.get('NODE_OPTIONS'));
  const words = [...given.filter((word) => !isUnknown(word)), ...own];
  const named = variables.get('TSX_TSCONFIG_PATH');
  let tsconfig = named === undefined ? undefined : resolve(folder, named);
  let file: string | undefined;
  for (let at = 0; at < words.length && file === undefined; at++) {
    const word = words[at] ?? '';
    const [option = '', attached] = word.startsWith('--') ? word.split(/=(.*)/s) : [word];
    const value = () => attached ?? words[++at] ?? '';
    if (inline.has(option)) break;
    if (preloading.has(option)) modules.push(value());
    else if (conditional.has(option)) conditions.push(value());
    else if (option === '--tsconfig') tsconfig = resolve(folder, value());
    else if (valued.has(option)) value();
    else if (!word.startsWith('-') && word !== 'watch' && !(isValue(words[at - 1]) && !isCode(word))) file = word;
  }
  const runsTsx = program === 'tsx' || modules.some((name) => packageName(name) === 'tsx');
  const runner: Runner = {
    kind: runsTsx ? 'tsx' : modules.length > 0 ? 'hooked' : 'node',
    conditions,
    nodePaths: foldersIn(variables.get('NODE_PATH'), folder),
    ...(tsconfig === undefined ? {} : { tsconfig }),
  };
  return { modules, runner, unknown: given.some(isUnknown), ...(file === undefined ? {} : { file }) };
}

/** A stage is given no NODE_OPTIONS but what it declares. */
function wordsIn(options = ''): string[] {
  return options.split(/\s+/).filter((word) => !/^$|^\$\{?NODE_OPTIONS\b/.test(word));
}

function foldersIn(list = '', folder: string): string[] {
  return list.split(delimiter).flatMap((path) => (path === '' ? [] : [resolve(folder, path)]));
}

/** Whether a word may be the value of the option before it, one that is not known here. */
function isValue(before = ''): boolean {
  return before.startsWith('--') && !before.includes('=');
}
