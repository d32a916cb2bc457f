/** `${params.lr}`, `${deps.train}`, `${outs.model}` in commands: parsed with the pipeline, filled in when a stage runs. */

import { canonicalJson } from '../hash.ts';
import { paramAt } from './param-tree.ts';
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

/** @param shell references inside the user's own quotes are mistakes, as each value is quoted already */
export function parseTemplate(text: string, shell: boolean): ParsedTemplate {
  const parts: (string | Reference)[] = [];
  const mistakes: TemplateMistake[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    if (text.startsWith('\\${', at)) {
      literal += '${';
      at += 3;
    } else if (text.startsWith('${', at)) {
      const end = text.indexOf('}', at);
      const length = (end === -1 ? text.length : end + 1) - at;
      const parsed = end === -1 ? 'this ${ has no }' : parseReference(text.slice(at + 2, end).trim());
      if (typeof parsed === 'string') mistakes.push({ message: parsed, ...referenceHint(parsed), offset: at, length });
      else if (shell && insideQuotes(text.slice(0, at)))
        mistakes.push({
          message: 'a reference cannot stand inside quotes',
          hint: 'leave the quotes out: each value is quoted for the shell',
          offset: at,
          length,
        });
      else parts.push(...(literal === '' ? [] : [literal]), parsed);
      if (typeof parsed !== 'string') literal = '';
      at += length;
    } else {
      literal += text[at];
      at += 1;
    }
  }
  if (literal !== '') parts.push(literal);
  return { template: parts, mistakes };
}

const kinds = { params: 'param', deps: 'dep', outs: 'out' } as const;

function parseReference(inner: string): Reference | string {
  const dot = inner.indexOf('.');
  const [head, name] = [inner.slice(0, dot), inner.slice(dot + 1)];
  if (dot > 0 && name !== '') {
    if (head === 'params') return { kind: 'param', key: name };
    if (head === 'deps' || head === 'outs') return { kind: kinds[head], name };
  }
  return `\${${inner}} means nothing in a command`;
}

function referenceHint(message: string): { hint?: string } {
  return message.includes('means nothing')
    ? {
        hint: 'a command can use ${params.KEY}, ${deps.NAME} and ${outs.NAME}; another stage’s output is declared under deps first; \\${ is a literal ${',
      }
    : {};
}

function insideQuotes(before: string): boolean {
  let open = '';
  for (let at = 0; at < before.length; at++) {
    const char = before[at] ?? '';
    if (char === '\\' && open !== "'") at += 1;
    else if (open === '' && (char === '"' || char === "'")) open = char;
    else if (char === open) open = '';
  }
  return open !== '';
}

export interface CommandValues {
  readonly params: ParamTree;
  readonly deps: Readonly<Record<string, string>>;
  readonly outs: Readonly<Record<string, string>>;
}

export type RenderedCommand =
  | { readonly kind: 'shell'; readonly line: string }
  | { readonly kind: 'argv'; readonly args: readonly string[] };

/** Fills in the values: in a shell line each is one quoted word, so that no value becomes shell syntax. */
export function renderCommand(command: Command, values: CommandValues): RenderedCommand {
  if (command.kind === 'argv')
    return { kind: 'argv', args: command.args.map((arg) => render(arg, values, (text) => text)) };
  return { kind: 'shell', line: render(command.line, values, shellQuote) };
}

function render(template: Template, values: CommandValues, quote: (text: string) => string): string {
  return template
    .map((part) => (typeof part === 'string' ? part : quote(valueText(valueBehind(part, values)))))
    .join('');
}

function valueBehind(reference: Reference, { params, deps, outs }: CommandValues): JsonValue {
  switch (reference.kind) {
    case 'param':
      return paramAt(params, reference.key) ?? null;
    case 'dep':
      return deps[reference.name] ?? null;
    case 'out':
      return outs[reference.name] ?? null;
  }
}

/** Texts as they are, everything else as canonical JSON, whatever the order a map was written in. */
function valueText(value: JsonValue): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
