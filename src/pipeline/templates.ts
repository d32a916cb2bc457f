/** `${params.lr}`, `${deps.train}`, `${outs.model}` in commands: parsed with the pipeline, filled in when a stage runs. */
import { unreachable } from '../errors.ts';
import { canonicalJson } from '../hash.ts';
import { isMap, paramAt } from './param-tree.ts';
import { shellObstacle } from './shell-context.ts';
import { nearest } from './suggest.ts';
import type { Command, JsonValue, ParamTree, Reference, Template } from './types.ts';

/** A mistake in a template, at an offset into its text. */
export interface TemplateMistake {
  readonly message: string;
  readonly hint?: string;
  readonly offset: number;
  readonly length: number;
}

export interface ParsedTemplate {
  readonly template: Template;
  readonly mistakes: readonly TemplateMistake[];
}

/** @param shell the text is a shell line: references where the shell would not read one word are mistakes */
export function parseTemplate(text: string, shell: boolean): ParsedTemplate {
  const parts: (string | Reference)[] = [];
  const mistakes: TemplateMistake[] = [];
  let literal = '';
  let seen = ''; // what the shell reads up to here, each value as one letter
  let at = 0;
  while (at < text.length) {
    const token = tokenAt(text, at);
    if (token.kind === 'literal') {
      literal += token.text;
      seen += token.text;
    } else {
      const parsed = token.kind === 'open' ? unclosed : parseReference(token.inner);
      const mistake = isMistake(parsed) ? parsed : shell ? misplaced(seen) : undefined;
      if (mistake !== undefined) mistakes.push({ ...mistake, offset: at, length: token.length });
      if (!isMistake(parsed)) {
        parts.push(...(literal === '' ? [] : [literal]), parsed);
        literal = '';
      }
      seen += 'v';
    }
    at += token.length;
  }
  if (literal !== '') parts.push(literal);
  return { template: parts, mistakes };
}

type Mistake = Pick<TemplateMistake, 'message' | 'hint'>;
type Token =
  | { readonly kind: 'literal'; readonly text: string; readonly length: number }
  | { readonly kind: 'open'; readonly length: number }
  | { readonly kind: 'reference'; readonly inner: string; readonly length: number };

const unclosed: Mistake = { message: 'this ${ has no }', hint: 'write \\${ for a literal ${' };

function tokenAt(text: string, at: number): Token {
  if (text.startsWith('\\${', at)) return { kind: 'literal', text: '${', length: 3 };
  if (!text.startsWith('${', at)) return { kind: 'literal', text: text[at] ?? '', length: 1 };
  const [, inner] = text.slice(at).match(/^\$\{([^{}\n]*)\}/) ?? [];
  if (inner !== undefined) return { kind: 'reference', inner: inner.trim(), length: inner.length + 3 };
  const word = text.slice(at).match(/^\$\{[^\s${}"'`]*/)?.[0] ?? '${';
  return { kind: 'open', length: word.length };
}

function isMistake(parsed: Reference | Mistake): parsed is Mistake {
  return 'message' in parsed;
}

function misplaced(before: string): Mistake | undefined {
  const obstacle = shellObstacle(before);
  return obstacle && { message: `a reference cannot stand ${obstacle.message}`, hint: obstacle.hint };
}

const kinds: readonly string[] = ['params', 'deps', 'outs', 'item'];

function parseReference(inner: string): Reference | Mistake {
  if (inner === 'item') return { kind: 'item', key: '' };
  const dot = inner.indexOf('.');
  const [head, name] = dot < 0 ? [inner, ''] : [inner.slice(0, dot), inner.slice(dot + 1)];
  if (dot > 0 && name !== '') {
    if (head === 'params') return { kind: 'param', key: name };
    if (head === 'deps') return { kind: 'dep', name };
    if (head === 'outs') return { kind: 'out', name };
    if (head === 'item') return { kind: 'item', key: name };
  }
  return { message: `\${${inner}} means nothing in a command`, hint: referenceHint(head, name) };
}

function referenceHint(head: string, name: string): string {
  if (/^[A-Za-z_]\w*$/.test(head) && name === '' && !kinds.includes(head))
    return `write \${params.${head}} for a param, \\\${${head}} for a variable of the shell`;
  const near = nearest(head, kinds);
  if (near !== undefined && name !== '') return `did you mean \${${near}.${name}}?`;
  return /^[\w-]+$/.test(head) && name !== ''
    ? `what another stage writes is declared: deps: { NAME: "\${${head}.${name}}" }, and used as \${deps.NAME}`
    : 'a command can use ${params.KEY}, ${deps.NAME} and ${outs.NAME}; \\${ is a literal ${';
}

export interface CommandValues {
  readonly params: ParamTree;
  /** Paths; a list stands for several words. */
  readonly deps: Readonly<Record<string, string | readonly string[]>>;
  readonly outs: Readonly<Record<string, string>>;
  /** Of an instance. */
  readonly item?: JsonValue;
}

export type RenderedCommand =
  | { readonly kind: 'shell'; readonly line: string }
  | { readonly kind: 'argv'; readonly args: readonly string[] };

/** Fills in the values: in a shell line each is one quoted word, so that no value becomes shell syntax. */
export function renderCommand(command: Command, values: CommandValues): RenderedCommand {
  if (command.kind === 'argv') return { kind: 'argv', args: command.args.flatMap((arg) => words(arg, values)) };
  return { kind: 'shell', line: render(command.line, values, shellQuote) };
}

/** One argument, or those of a list, which stands alone. */
function words(arg: Template, values: CommandValues): readonly string[] {
  const [only] = arg;
  if (arg.length === 1 && typeof only === 'object' && only.kind === 'dep') {
    const paths = values.deps[only.name];
    if (typeof paths === 'object') return paths;
  }
  return [render(arg, values, (text) => text)];
}

function render(template: Template, values: CommandValues, quote: (text: string) => string): string {
  return template.map((part) => (typeof part === 'string' ? part : valueWords(part, values, quote))).join('');
}

function valueWords(part: Reference, values: CommandValues, quote: (text: string) => string): string {
  const value = valueBehind(part, values);
  if (part.kind === 'dep' && Array.isArray(value)) return value.map((path) => quote(valueText(path))).join(' ');
  return quote(valueText(value));
}

/** Throws where the value is missing: loading has checked every reference, so that is a bug. */
function valueBehind(reference: Reference, values: CommandValues): JsonValue {
  const value = referenced(reference, values);
  if (value === undefined) throw new Error(`no value for ${JSON.stringify(reference)}`);
  return value;
}

function referenced(reference: Reference, { params, deps, outs, item }: CommandValues): JsonValue | undefined {
  switch (reference.kind) {
    case 'param':
      return paramAt(params, reference.key);
    case 'dep':
      return deps[reference.name];
    case 'out':
      return outs[reference.name];
    case 'item':
      return item === undefined ? undefined : itemAt(item, reference.key);
    default:
      return unreachable(reference);
  }
}

/** The part of an item at a dotted name, the whole at the empty one; undefined where there is none. */
export function itemAt(item: JsonValue, key: string): JsonValue | undefined {
  if (key === '') return item;
  return isMap(item) ? paramAt(item, key) : undefined;
}

/** Texts as they are, everything else as canonical JSON, whatever the order a map was written in. */
export function valueText(value: JsonValue): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

/** Always in quotes: a bare `1` before `>` is a file descriptor, a bare `a=b` or `if` at the front is syntax. */
function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
