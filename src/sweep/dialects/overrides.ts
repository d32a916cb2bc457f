/** Parameters of a sweep on the command line, as Hydra's multirun takes them: `model.lr=0.1,0.01`. */
import type { Diagnostic, Place } from '../../errors.ts';
import type { JsonMap, Move } from './rewritten.ts';
import { placedText } from './texts.ts';

export interface Override {
  readonly name: string;
  readonly parameter: JsonMap;
  readonly moves: readonly Move[];
}

export function readOverrides(texts: readonly string[], mistakes: Diagnostic[]): Override[] {
  const names = new Set<string>();
  return texts.flatMap((source): Override[] => {
    const equals = source.indexOf('=');
    const place = (start: number, length: number): Place => {
      return { file: 'argument', line: 1, column: start + 1, length: Math.max(1, length), source };
    };
    const key = place(0, equals < 1 ? source.length : equals);
    const name = equals < 0 ? source : source.slice(0, equals);
    const wrong = /^[+~]/.test(name)
      ? prefixed(name)
      : equals < 1
        ? withoutEquals
        : names.has(name)
          ? twice
          : undefined;
    if (wrong !== undefined) {
      mistakes.push({ severity: 'error', place: key, ...wrong });
      return [];
    }
    names.add(name);
    const part = ({ start, end }: { readonly start: number; readonly end: number }) =>
      place(equals + 1 + start, end - start);
    const text = source.slice(equals + 1);
    const places = { key, whole: text === '' ? key : part({ start: 0, end: text.length }), part };
    const { parameter, moves } = placedText(name, text, places, mistakes);
    return [{ name, parameter, moves }];
  });
}

const withoutEquals = { message: 'there is no "="', hint: 'write a parameter and its values: model.lr=0.1,0.01' };
const twice = { message: 'this parameter is given twice', hint: 'list its values in one argument: a=1,2' };

function prefixed(name: string): { readonly message: string; readonly hint: string } {
  const plain = name.replace(/^[+~]+/, '');
  const hint = name.startsWith('~') ? 'leave it out of the sweep file' : `every param is declared already: ${plain}=…`;
  return { message: `"${name.replace(/[^+~].*/, '')}" has no meaning here`, hint };
}
