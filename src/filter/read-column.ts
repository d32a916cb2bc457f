/** A name in a filter → the column of the run that it names. */
import type { Value } from './expression.ts';
import { Misread, type Span } from './mistake.ts';
import { type FilterNames, resolve, resolveIn, type Unresolved } from './names.ts';
import type { TokenReader } from './token-reader.ts';
import { wordAt, wordOfOthers } from './tokens.ts';

/** Throws {@link Misread} for a name that nothing or several things have. */
export function column(tokens: TokenReader, names: FilterNames, isRight: boolean): Value {
  const { start, end, value: typed } = tokens.take();
  if (tokens.isNext('(')) throw new Misread(`there is no function ${typed}`, { start, end });
  if ((typed === 'params' || typed === 'metrics') && tokens.isNext('[')) return inBrackets(tokens, typed, names, start);
  const found = resolve(String(typed), names);
  if (!('unknown' in found)) return { ...found, start, end };
  const word = wordAt(tokens.text, start);
  const known = wordOfOthers(String(typed));
  if (known !== undefined) throw misread(found, { start, end }, known);
  if (isRight && !found.isAmbiguous) throw unquoted(found, word);
  throw misread(found, { start, end }, word.word === typed ? undefined : dashed(word.word, names));
}

function inBrackets(tokens: TokenReader, space: 'params' | 'metrics', names: FilterNames, start: number): Value {
  const opened = tokens.take();
  const name = tokens.next;
  if (name.kind !== 'text') throw new Misread('a name in quotes is missing here', name, `write ${space}["name"]`);
  tokens.take();
  const { end } = tokens.expect(']', opened);
  const found = resolveIn(space, name.value, names);
  if ('unknown' in found) throw misread(found, { start: name.start, end: name.end });
  return { ...found, start, end };
}

function misread({ unknown, hint }: Unresolved, span: Span, better?: string): Misread {
  return new Misread(unknown, span, better ?? hint);
}

function unquoted({ unknown, hint }: Unresolved, { word, start, end }: Span & { word: string }) {
  const quoted = `a text is put in quotes: "${word}"`;
  return new Misread(unknown, { start, end }, hint?.startsWith('did you') !== true ? quoted : `${quoted}; ${hint}`);
}

/** `model.batch-size` is a difference, unless it is put in brackets. */
function dashed(word: string, { params, metrics }: FilterNames): string | undefined {
  const isIt = (name: string) => name === word || name.endsWith(`.${word}`);
  if (params.some(isIt)) return `write params["${word}"]`;
  return metrics.some(isIt) ? `write metrics["${word}"]` : undefined;
}
