/** docs/commands.md and the command line tell of the same commands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addKeeping } from '../../src/cli/keeping.ts';
import { addReading } from '../../src/cli/reading.ts';
import { addRunning } from '../../src/cli/running.ts';
import { addSettingUp } from '../../src/cli/setting-up.ts';

const retrial = new Command('retrial');
for (const add of [addRunning, addReading, addKeeping, addSettingUp]) add(retrial);
const commands = retrial.createHelp().visibleCommands(retrial);
const docs = readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8');
/** The line of the table: command and options as typed, by the command's name. */
const examples = new Map(
  [...docs.matchAll(/^\| `(.*?)` \|/gm)].map(([, typed = '']) => [typed.match(/retrial ([a-z]+)/)?.[1] ?? '', typed]),
);

test('every command has one example, and every example a command', () => {
  const names = commands.map((command) => command.name()).filter((name) => name !== 'help');
  expect([...examples.keys()].sort()).toEqual(names.sort());
});

test('options in examples are options of their command', () => {
  for (const command of commands) {
    const flags = examples.get(command.name())?.match(/(?<= )--?[a-z][a-z-]*/g) ?? [];
    const known = command.options.flatMap(({ short, long }) => [short, long]);
    for (const flag of flags) expect(known, `${command.name()} ${flag}`).toContain(flag);
  }
});
