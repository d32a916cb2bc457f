/** The programs that a stage's command starts, as far as its text says: which files Node runs, and where. */
import { resolve } from 'node:path';
import { itemAt, valueText } from '../pipeline/templates.ts';
import type { Stage, Template } from '../pipeline/types.ts';
import { unknownValue } from './node-words.ts';
import { ProgramReader, type Programs } from './program-reader.ts';

/** Where the command runs: what its words name is relative to it. */
export function workingFolder({ cwd }: Stage, root: string): string {
  return resolve(root, cwd?.path ?? '.');
}

export function programsOf(stage: Stage, root: string): Programs {
  const declared = stage.env.map((name) => [name, process.env[name] ?? ''] as const);
  const reader = new ProgramReader(workingFolder(stage, root), new Map(declared));
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
