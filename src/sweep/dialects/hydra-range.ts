/** `range` and `interval` of Hydra: numbers between two ends. */
import { stepped } from '../search-space.ts';
import type { HydraCall } from './hydra-grammar.ts';
import type { HydraValue, Refuse } from './hydra-text.ts';

export type Meaning =
  | { readonly kind: 'choice'; readonly values: readonly HydraValue[] }
  | {
      readonly kind: 'range';
      readonly min: number;
      readonly max: number;
      readonly step?: number;
      readonly whole: boolean;
      readonly log: boolean;
    };

/** Python's: without the end. */
export function rangeOf(call: HydraCall, refuse: Refuse): Meaning {
  const only = call.args.length === 1 && call.args[0]?.name === undefined;
  const { start, stop, step } = numbers(call, only ? ['stop'] : ['start', 'stop', 'step'], refuse);
  if (stop === undefined) return refuse('range needs its end', call, 'range(1,10) is 1 to 9');
  const [from, by] = [start?.value ?? 0, step?.value ?? 1];
  const count = Math.ceil((stop.value - from) / by - 1e-9);
  if (!(count > 0) || by === 0)
    return refuse('this range holds no value', call, 'range(1,10) is 1 to 9, range(9,0,-1) is 9 to 1');
  const whole = [start, stop, step].every((number) => number?.whole !== false);
  const last = stepped(from, by, count - 1);
  if (count > 1)
    return {
      kind: 'range',
      min: Math.min(from, last),
      max: Math.max(from, last),
      step: Math.abs(by),
      whole,
      log: false,
    };
  return { kind: 'choice', values: [{ ...call, kind: 'value', value: from, written: String(from) }] };
}

/** Of fractions, unless int(…) is around it. */
export function intervalOf(call: HydraCall, refuse: Refuse): Meaning {
  const { start, end } = numbers(call, ['start', 'end'], refuse);
  if (start === undefined || end === undefined) return refuse('interval needs two ends', call, 'interval(0,1)');
  return { kind: 'range', min: start.value, max: end.value, whole: false, log: false };
}

/** Arguments that are numbers, by name or in their order. */
function numbers(
  { args, name, ...at }: HydraCall,
  names: readonly string[],
  refuse: Refuse,
): Readonly<Record<string, { readonly value: number; readonly whole: boolean }>> {
  if (args.length > names.length) refuse(`${name} takes ${names.join(', ')}`, at);
  const entries = args.map(({ name: key, element }, index) => {
    const asked = key ?? names[index] ?? '';
    if (!names.includes(asked)) refuse(`${name} has no argument "${asked}"`, element, `it takes ${names.join(', ')}`);
    if (element.kind !== 'value' || typeof element.value !== 'number' || !Number.isFinite(element.value))
      return refuse(`${name} takes numbers`, element);
    return [asked, { value: element.value, whole: /^[+-]?\d+$/.test(element.written) }] as const;
  });
  return Object.fromEntries(entries);
}
