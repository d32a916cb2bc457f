/** Which runs share a colour, and what the colour means. */
import type { ComparedRun } from '../comparison.ts';
import { pushTo } from '../ranking.ts';
import { byNumbers, cut, settingsText } from './format.ts';
import { tellingParams } from './naming.ts';
import { valuesKey } from './replicates.ts';
import { type PageState, splitValues } from './state.ts';

/** What a colour stands for, and its runs. */
export interface ColorKey {
  readonly label: string;
  readonly runs: ReadonlySet<ComparedRun>;
}

/** Characters of a name or a value; the run in depth shows all of them. */
const longest = 32;

/** By the values of a param; runs without it come last. */
export function keysByParam(state: PageState, param: string): ColorKey[] {
  const { runs } = state.comparison;
  const name = cut(state.paramName(param), longest);
  const keys = splitValues(runs, param).map((value) => ({
    label: `${name} = ${cut(state.paramText(param, JSON.parse(value)), longest)}`,
    runs: new Set(runs.filter((run) => JSON.stringify(run.params[param]) === value)),
  }));
  const without = runs.filter((run) => run.params[param] === undefined);
  return without.length === 0 ? keys : [...keys, { label: `no ${name}`, runs: new Set(without) }];
}

/** By all settings but those of some params: what lies side by side under the same settings has the same colour. */
export function keysBySettings(
  state: PageState,
  runs: readonly ComparedRun[],
  except: readonly (string | undefined)[],
): ColorKey[] {
  const params = state.differing.filter((name) => !except.includes(name));
  const telling = tellingParams(runs, params);
  const found = new Map<string, ComparedRun[]>();
  for (const run of runs) pushTo(found, valuesKey(run, params), run);
  const keys = [...found.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const naming = state.arms.length === 0 ? telling : state.namedBy(first).filter((name) => params.includes(name));
    const label = settingsText(first, naming, state);
    return [{ label: label === '' ? state.hashText(first) : label, runs: new Set(members) }];
  });
  return keys.sort((a, b) => byNumbers(a.label, b.label));
}

const dashes = ['solid', 'dashed', 'dotted'] as const;

/** Colours are few, so that they can be told apart; beyond them, lines are dashed, then dotted. */
export function lineStyleOf(
  key: number,
  colors: number,
): { readonly color: number; readonly dash: (typeof dashes)[number] } {
  return { color: key % colors, dash: dashes[Math.floor(key / colors) % dashes.length] ?? 'solid' };
}
