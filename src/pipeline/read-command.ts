/** The command of a stage, and where in it each reference stands. */
import { type Place, unreachable } from '../errors.ts';
import { itemMistake } from './fill-in.ts';
import type { StageSource } from './stage-source.ts';
import { didYouMean } from './suggest.ts';
import { parseTemplate } from './templates.ts';
import type { Command, Dependency, Output, Reference, Template } from './types.ts';
import type { JsonPath, YamlFile } from './yaml-file.ts';

export function readCommand({ written: { cmd }, file, at, place, say }: StageSource): Command {
  const parse = (text: string, path: JsonPath, shell: boolean) => {
    const { template, mistakes } = parseTemplate(text, shell);
    for (const { message, hint, offset, length } of mistakes)
      say(message, inside(file, path, text.slice(offset, offset + length)), hint);
    return template;
  };
  if (typeof cmd === 'string') return { kind: 'shell', line: parse(cmd, at('cmd'), true) };
  if (cmd[0] === '') say('the first of cmd is the program to run, and is empty', place('cmd', 0));
  return { kind: 'argv', args: cmd.map((arg, index) => parse(arg, at('cmd', index), false)) };
}

/** All references of a command. */
export function references(cmd: Command): Reference[] {
  const templates: readonly Template[] = cmd.kind === 'shell' ? [cmd.line] : cmd.args;
  return templates.flat().filter((part): part is Reference => typeof part !== 'string');
}

/** Where a reference first stands in the stage's command. */
export function referencePlace(reference: Reference, { written: { cmd }, file, at }: StageSource): Place {
  const text = referenceText(reference);
  const index = typeof cmd === 'string' ? -1 : cmd.findIndex((arg) => arg.includes(text));
  return inside(file, index === -1 ? at('cmd') : at('cmd', index), text);
}

/** References to what is not declared, and lists where one word is meant. Params are checked when they are known, with those under `params:`. */
export function checkReferences(
  cmd: Command,
  deps: Readonly<Record<string, Dependency>>,
  outs: Readonly<Record<string, Output>>,
  source: StageSource,
): void {
  for (const reference of references(cmd)) {
    if (reference.kind === 'param') continue;
    if (reference.kind === 'item') {
      const wrong = itemMistake(reference.key, source.item);
      if (wrong !== undefined) source.say(wrong.message, referencePlace(reference, source), wrong.hint);
      continue;
    }
    const known = reference.kind === 'dep' ? deps : outs;
    if (Object.hasOwn(known, reference.name)) continue;
    const { hint } = didYouMean(reference.name, Object.keys(known));
    const message = `the command uses ${referenceText(reference)}, which is not declared`;
    source.say(message, referencePlace(reference, source), hint);
  }
  checkLists(cmd, deps, source);
}

/** A list of paths is several words: glued to others, only its ends would be. */
function checkLists(cmd: Command, deps: Readonly<Record<string, Dependency>>, source: StageSource): void {
  const isList = (part: Template[number] | undefined) =>
    typeof part === 'object' && part.kind === 'dep' && deps[part.name]?.kind === 'outputs';
  for (const template of cmd.kind === 'shell' ? [cmd.line] : cmd.args)
    for (const [at, part] of template.entries()) {
      if (typeof part === 'string' || !isList(part)) continue;
      const alone = cmd.kind === 'argv' ? template.length === 1 : isWord(template[at - 1], template[at + 1]);
      if (alone) continue;
      const message = `${referenceText(part)} is a list of paths, and must stand alone`;
      const hint = cmd.kind === 'argv' ? 'as an argument of its own' : 'with blanks around it';
      source.say(message, referencePlace(part, source), hint);
    }
}

function isWord(before: Template[number] | undefined, after: Template[number] | undefined): boolean {
  const starts = before === undefined || (typeof before === 'string' && /[\s(]$/.test(before));
  return starts && (after === undefined || (typeof after === 'string' && /^[\s;&|<>)]/.test(after)));
}

function referenceText(reference: Reference): string {
  switch (reference.kind) {
    case 'param':
      return `\${params.${reference.key}}`;
    case 'dep':
      return `\${deps.${reference.name}}`;
    case 'out':
      return `\${outs.${reference.name}}`;
    case 'item':
      return reference.key === '' ? '${item}' : `\${item.${reference.key}}`;
    default:
      return unreachable(reference);
  }
}

/** Where a piece of a value stands, on whichever of its lines; the whole value where it is not written as it reads. */
function inside(file: YamlFile, path: JsonPath, piece: string): Place {
  const place = file.place(path);
  const indent = file.keyPlace(path.slice(0, 3)).column;
  const lines = file.text.split('\n').slice(place.line - 1);
  const end = lines.findIndex((text, index) => index > 0 && text.trim() !== '' && text.search(/\S/) < indent);
  for (const [index, text] of lines.slice(0, end === -1 ? lines.length : end).entries()) {
    const found = text.indexOf(piece, index === 0 ? place.column - 1 : 0);
    if (found !== -1) return { ...place, line: place.line + index, column: found + 1, length: piece.length };
  }
  return place;
}
