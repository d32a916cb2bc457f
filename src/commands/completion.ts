/** `retrial completion SHELL`: a script made of the commands as they are declared. */
import type { Argument, Command, Option } from 'commander';
import { exitCode, UserError, unreachable } from '../errors.ts';
import { short } from '../hash.ts';
import { runsByTime } from '../store/latest.ts';
import { layoutOf } from '../store/layout.ts';
import { bashCompletion, fishCompletion, zshCompletion } from './completion-scripts.ts';
import { openProject, type ProjectOptions, projectFolder } from './project.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What an argument may be; `runs` and `stages` are asked for when they are typed. */
export type CompletedWord = 'runs' | 'stages' | 'files' | { readonly choice: string };

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
  return { short: brief ?? undefined, long: long ?? undefined, description, takesValue: !option.isBoolean() };
}

/** Arguments are named by what they are: `<hash>`, `[stages...]`. */
function wordsOf(argument: Argument): CompletedWord[] {
  if (argument.argChoices !== undefined) return argument.argChoices.map((choice) => ({ choice }));
  const name = argument.name();
  if (['hash', 'a', 'b', 'runs'].includes(name)) return ['runs'];
  if (['stage', 'stages'].includes(name)) return ['stages'];
  return ['file', 'folder', 'archive'].includes(name) ? ['files'] : [];
}

/** The words of a kind, one a line; nothing where there is no project, or its pipeline has mistakes. */
export async function completionWords(kind: 'runs' | 'stages', options: ProjectOptions): Promise<number> {
  try {
    const words = kind === 'runs' ? await runWords(options) : await stageWords(options);
    process.stdout.write(words.map((word) => `${word}\n`).join(''));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return exitCode.ok;
}

async function runWords(options: ProjectOptions): Promise<string[]> {
  const runs = await runsByTime(layoutOf(projectFolder(options).runsDir));
  return runs.length === 0 ? [] : ['latest', ...runs.map(short)];
}

async function stageWords(options: ProjectOptions): Promise<string[]> {
  const { pipeline } = await openProject(options);
  const stages = [...pipeline.stages.values()];
  return [...new Set(stages.flatMap(({ name, group }) => (group === undefined ? [name] : [group, name])))];
}
