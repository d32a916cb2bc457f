/** A parameter written as one text, in the file or as an argument: each part of it stands where it is in that text. */
import { type Diagnostic, type Place, UserError } from '../../errors.ts';
import type { JsonPath, YamlFile } from '../../pipeline/yaml-file.ts';
import { hydraParameter } from './hydra-parameter.ts';
import type { Span } from './hydra-text.ts';
import { placeholder, type Translated } from './wandb-parameter.ts';

/** @param mistakes gets what is wrong with it; a parameter that stands for it is returned all the same */
export function hydraText(name: string, at: JsonPath, file: YamlFile, mistakes: Diagnostic[]): Translated {
  const whole = file.place(at);
  const text = textAt(at, file);
  return placedText(name, text, { key: file.keyPlace(at), whole, part: partsOf(whole, text) }, mistakes);
}

/** What a number or a text says, whatever its quotes. */
function textAt(at: JsonPath, file: YamlFile): string {
  const value = at.reduce<unknown>((inside, key) => (inside as Record<string, unknown>)[key], file.value);
  return typeof value === 'string' ? value : (file.written(at) ?? String(value));
}

export interface TextPlaces {
  readonly key: Place;
  readonly whole: Place;
  part(span: Span): Place;
}

export function placedText(name: string, text: string, places: TextPlaces, mistakes: Diagnostic[]): Translated {
  const to = ['parameters', name];
  try {
    const { parameter, parts } = hydraParameter(text, (message, span, hint): never => {
      const more = hint === undefined ? {} : { hint };
      throw new UserError([{ severity: 'error', message: `${name}: ${message}`, place: places.part(span), ...more }]);
    });
    const moves = parts.map(({ path, at, written }) => {
      const place = at === undefined ? places.whole : places.part(at);
      return { to: [...to, ...path], from: { place, keyPlace: place, written } };
    });
    return { parameter, moves: [{ to, from: { place: places.whole, keyPlace: places.key } }, ...moves] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    mistakes.push(...error.diagnostics);
    return { parameter: placeholder, moves: [] };
  }
}

/** Parts can be told in a text that the file holds as it is, on one line; else all of it is meant. */
function partsOf(whole: Place, text: string): TextPlaces['part'] {
  const line = (whole.source ?? '').split(/\r\n|\n/)[whole.line - 1] ?? '';
  const from = [0, 1].find((quote) => line.startsWith(text, whole.column - 1 + quote));
  if (from === undefined || text === '') return () => whole;
  return ({ start, end }) => ({ ...whole, column: whole.column + from + start, length: Math.max(1, end - start) });
}
