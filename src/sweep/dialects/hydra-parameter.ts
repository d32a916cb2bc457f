/** What a Hydra override says of a param, in the words of a sweep file. */
import type { JsonValue } from '../../pipeline/types.ts';
import { type HydraCall, type HydraElement, parseHydra } from './hydra-grammar.ts';
import { intervalOf, type Meaning, rangeOf } from './hydra-range.ts';
import type { HydraValue, Refuse, Span } from './hydra-text.ts';

export interface HydraParameter {
  readonly parameter: { readonly [key: string]: JsonValue };
  /** Where in the text each part of it stands, where that is not the whole text. */
  readonly parts: readonly {
    readonly path: readonly (string | number)[];
    readonly at?: Span;
    readonly written: string;
  }[];
}

/** @param text the right side of an override: `0.1,0.01`, `range(1,10)`, `tag(log, interval(1e-5,1e-2))` */
export function hydraParameter(text: string, refuse: Refuse): HydraParameter {
  const elements = parseHydra(text, refuse);
  const [first] = elements;
  return inOurWords(elements.length > 1 ? choiceOf(elements, refuse) : meaningOf(first, refuse));
}

function inOurWords(meaning: Meaning): HydraParameter {
  if (meaning.kind === 'choice')
    return {
      parameter: { values: meaning.values.map(({ value }) => value) },
      parts: meaning.values.map((at, index) => ({ path: ['values', index], at, written: at.written })),
    };
  const { min, max, step, whole, log } = meaning;
  const bounds = { min, max, ...(step === undefined ? {} : { step }) };
  const distribution = log ? 'log_uniform_values' : whole ? 'int_uniform' : 'uniform';
  const written = (value: number) => (whole || !Number.isInteger(value) ? String(value) : `${value}.0`);
  return {
    parameter: { ...bounds, distribution },
    parts: Object.entries(bounds).map(([key, value]) => ({ path: [key], written: written(value) })),
  };
}

function meaningOf(element: HydraElement, refuse: Refuse): Meaning {
  if (element.kind === 'value') return { kind: 'choice', values: [element] };
  switch (element.name) {
    case 'choice':
      return choiceOf(unnamed(element, refuse), refuse);
    case 'range':
      return rangeOf(element, refuse);
    case 'interval':
      return intervalOf(element, refuse);
    case 'tag':
      return taggedOf(element, refuse);
    case 'int':
    case 'float':
    case 'str':
      return castOf(element, element.name, refuse);
    default:
      return refuse(
        `${element.name}(…) has no meaning here`,
        element,
        others[element.name] ?? 'there is choice, range, interval, tag, int, float and str',
      );
  }
}

/** What to write in the place of what Hydra has and a search space has not. */
const others: Readonly<Record<string, string>> = {
  shuffle: 'list the values; sampler: { type: random, seed: 1 } takes them in a random order',
  sort: 'list the values in their order',
  glob: 'list the names; params files are listed under overlays: […]',
  extend_list: 'write the whole list: [a, b, c]',
  bool: 'write true or false',
  json_str: 'write the text, in quotes',
};

function choiceOf(elements: readonly HydraElement[], refuse: Refuse): Meaning {
  const values = elements.flatMap((element) => {
    const meaning = meaningOf(element, refuse);
    if (meaning.kind === 'choice' && meaning.values.length === 1) return meaning.values;
    return refuse('a choice is between values', element, 'a range of numbers stands alone');
  });
  return { kind: 'choice', values };
}

function taggedOf(call: HydraCall, refuse: Refuse): Meaning {
  const last = call.args.at(-1)?.element;
  const tags = call.args.slice(0, -1).map(({ element }) => element);
  if (last === undefined) return refuse('tag needs what it is for', call, 'tag(log, interval(1e-5,1e-2))');
  for (const tag of tags)
    if (tag.kind === 'call' || tag.value !== 'log')
      refuse('of tags only log has a meaning here', tag, 'tag(log, interval(1e-5,1e-2))');
  const meaning = meaningOf(last, refuse);
  if (tags.length === 0) return meaning;
  return meaning.kind === 'range'
    ? { ...meaning, log: true }
    : refuse('a log scale needs an interval or a range', last);
}

function castOf(call: HydraCall, to: 'int' | 'float' | 'str', refuse: Refuse): Meaning {
  const elements = unnamed(call, refuse);
  const [only] = elements;
  const meaning = elements.length === 1 && only !== undefined ? meaningOf(only, refuse) : choiceOf(elements, refuse);
  if (meaning.kind === 'choice') return { kind: 'choice', values: meaning.values.map((one) => cast(one, to, refuse)) };
  return to === 'str' ? refuse('a range is of numbers', call, 'list the texts') : { ...meaning, whole: to === 'int' };
}

function cast(one: HydraValue, to: 'int' | 'float' | 'str', refuse: Refuse): HydraValue {
  if (to === 'str') return { ...one, value: typeof one.value === 'string' ? one.value : one.written };
  const number = typeof one.value === 'boolean' ? Number(one.value) : Number.parseFloat(String(one.value));
  if (!Number.isFinite(number)) return refuse('this is no number', one);
  const value = to === 'int' ? Math.trunc(number) : number;
  return { ...one, value, written: to === 'int' || !Number.isInteger(value) ? String(value) : `${value}.0` };
}

function unnamed({ args, name, ...at }: HydraCall, refuse: Refuse): readonly HydraElement[] {
  if (args.length === 0) refuse(`${name}() holds no value`, at);
  return args.map(({ name: key, element }) =>
    key === undefined ? element : refuse(`${name} has no argument "${key}"`, element, 'write the values alone'),
  );
}
