/** `retrial completion SHELL`: a script made of the commands as they are declared. */
import type { Argument, Command, Option } from 'commander';
import { exitCode, unreachable } from '../errors.ts';
import { bashCompletion, fishCompletion, zshCompletion } from './completion-scripts.ts';
import type { WordKind } from './completion-words.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What an argument may be; words of a kind are asked for when they are typed. */
export type CompletedWord = WordKind | 'files' | { readonly choice: string };

export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly words: readonly CompletedWord[];
}

export interface CompletedOption {
  /** With its dashes. */
  readonly short: string | undefined;
  readonly long: string | undefined;
  readonly description: string;
  readonly takesValue: boolean;
  /** What its value may be, where that is known. */
  readonly value: CompletedValue | undefined;
}

export interface CompletedValue {
  readonly word: WordKind | 'files';
  /** Several with commas between. */
  readonly isList: boolean;
  /** A `-` may stand in front. */
  readonly isSigned: boolean;
}

export async function completion(shell: Shell, program: Command): Promise<number> {
  process.stdout.write(scriptOf(shell)(describeCommands(program), program.options.map(describeOption)));
  return exitCode.ok;
}

function scriptOf(shell: Shell) {
  switch (shell) {
    case 'bash':
      return bashCompletion;
    case 'zsh':
      return zshCompletion;
    case 'fish':
      return fishCompletion;
    default:
      return unreachable(shell);
  }
}

function describeCommands(program: Command): CompletedCommand[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help')
    .map((command) => ({
      ...{ name: command.name(), description: command.description() },
      options: command.options.filter((option) => !option.hidden).map(describeOption),
      words: [...new Set(command.registeredArguments.flatMap(wordsOf))],
    }));
}

function describeOption(option: Option): CompletedOption {
  const { short: brief, long, description } = option;
  return {
    short: brief ?? undefined,
    long: long ?? undefined,
    description,
    takesValue: !option.isBoolean(),
    value: values[option.name()],
  };
}

const one = (word: CompletedValue['word']): CompletedValue => ({ word, isList: false, isSigned: false });

/** By the long names of options, which mean the same wherever they are. */
const values: Readonly<Record<string, CompletedValue | undefined>> = {
  sort: { word: 'columns', isList: true, isSigned: true },
  columns: { ...one('columns'), isList: true },
  where: one('columns'),
  metric: one('metrics'),
  study: one('studies'),
  tag: one('tags'),
  set: one('settings'),
  to: one('formats'),
  config: one('files'),
  output: one('files'),
  directory: one('files'),
};

/** Arguments are named by what they are: `<hash>`, `[stages...]`. */
function wordsOf(argument: Argument): CompletedWord[] {
  if (argument.argChoices !== undefined) return argument.argChoices.map((choice) => ({ choice }));
  const name = argument.name();
  if (['hash', 'hashes', 'a', 'b'].includes(name)) return ['runs'];
  if (name === 'runs') return ['runs', 'studies'];
  if (name === 'tags') return ['tags'];
  if (name === 'stage.out') return ['outputs'];
  if (['stage', 'stages'].includes(name)) return ['stages'];
  return ['file', 'folder', 'archive'].includes(name) ? ['files'] : [];
}
