/** What the declarations of commands share. */
import { type Command, InvalidArgumentError } from 'commander';

/** The exit code is the process's; setting it, rather than exiting, lets output be written whole. */
export function exits<Args extends unknown[]>(
  action: (...args: Args) => Promise<number>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    process.exitCode = await action(...args);
  };
}

/** A whole number from 1. */
export function count(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('it must be a whole number from 1');
  return number;
}

/** A number from 0 up to, and without, 1. */
export function fraction(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0 && number < 1))
    throw new InvalidArgumentError('it must be a number from 0 to 1, such as 1e-6');
  return number;
}

/** Collects a repeatable option. */
export function each(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

export function withConfig(command: Command): Command {
  return command
    .option('-c, --config <file>', 'lay these params over the defaults (repeatable)', each)
    .option('-s, --set <key=value>', 'set one param; the value is YAML (repeatable)', each);
}

/** Reading the record needs no valid pipeline, only its folder. */
export async function recordOf(command: Command) {
  const { projectFolder } = await import('../commands/project.ts');
  const options = command.optsWithGlobals();
  return { ...options, ...projectFolder(options) };
}
