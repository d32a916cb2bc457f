/** Processes that code starts by functions of node:child_process, as far as it writes out what they are. */
import { dirname, resolve } from 'node:path';
import type { CallExpression, Expression, NewExpression, SpreadElement } from 'acorn';
import type { BuiltinNames } from './builtin-names.ts';
import { type Argument, isOwnFile, isThisNode, literal, propertyOf } from './node-shapes.ts';
import { unknownValue } from './node-words.ts';
import { type Found, ProgramReader } from './program-reader.ts';

export interface StartContext {
  /** Absolute path of the code. */
  readonly file: string;
  /** Where the stage's command runs. */
  readonly folder: string;
  readonly names: BuiltinNames;
  /** Whether an argument is a file that is followed where it is named. */
  readonly namesFile: (argument: Argument) => boolean;
}

type Called = CallExpression | NewExpression;

const commands = ['exec', 'execSync'] as const;
const starters = ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'execa', 'execaSync'] as const;

/** Undefined where it is no such call, or starts what nobody can tell. */
export function processOf(node: Called, context: StartContext): Found | undefined {
  const { callee } = node;
  if (commands.some((name) => context.names.calls(callee, name))) return fromLine(node, context);
  if (starters.some((name) => context.names.calls(callee, name))) return fromWords(node, context);
  return undefined;
}

/** A line for a shell. */
function fromLine(node: Called, context: StartContext): Found | undefined {
  const line = context.names.constant(node.arguments[0]);
  const text =
    line?.type === 'TemplateLiteral'
      ? line.quasis.map((part) => part.value.cooked ?? '').join(unknownValue)
      : literal(line);
  if (text === undefined) return undefined;
  const reader = readerFor(node, context);
  reader.line(text);
  return reader.found();
}

/** A program and the list of its arguments. */
function fromWords(node: Called, context: StartContext): Found | undefined {
  const [program, list] = [node.arguments[0], node.arguments[1]].map((arg) => context.names.constant(arg));
  const name = isThisNode(program) ? 'node' : literal(program);
  if (name === undefined) return undefined;
  const args = list?.type === 'ArrayExpression' ? list.elements.flatMap((arg) => wordsOf(arg, context)) : [];
  const isComputed = list !== undefined && list.type !== 'ArrayExpression' && list.type !== 'ObjectExpression';
  const reader = readerFor(node, context);
  reader.program([name, ...args, ...(isComputed ? [unknownValue] : [])]);
  return reader.found();
}

function readerFor(node: Called, { file, folder, names }: StartContext): ProgramReader {
  const options = node.arguments.find((arg) => arg.type === 'ObjectExpression');
  const cwd = options?.type === 'ObjectExpression' ? propertyOf(options, 'cwd') : undefined;
  if (cwd === undefined) return new ProgramReader(folder);
  return new ProgramReader(resolve(folder, literal(names.constant(cwd)) ?? dirname(file)));
}

function wordsOf(arg: Expression | SpreadElement | null, context: StartContext): string[] {
  const list = arg?.type === 'SpreadElement' ? context.names.constant(arg.argument) : undefined;
  if (list?.type === 'ArrayExpression') return list.elements.map((inner) => wordOf(inner, context));
  return [wordOf(arg, context)];
}

function wordOf(arg: Expression | SpreadElement | null, { file, names, namesFile }: StartContext): string {
  const value = arg === null ? undefined : names.constant(arg);
  const text = literal(value);
  if (text !== undefined) return text;
  return isOwnFile(value) || namesFile(value) ? file : unknownValue;
}
