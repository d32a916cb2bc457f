/** Which finalist a person means: by its trial, or by params of its arm. */
import { UserError } from '../errors.ts';
import { finalistName } from '../logging/finalists-verdict.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { JsonValue } from '../pipeline/types.ts';
import type { FinalRun } from '../record/final-runs.ts';
import type { FinalistsAsked } from '../record/finalists.ts';

interface Named {
  readonly trial: number;
  readonly arm: Readonly<Record<string, JsonValue>>;
}

const option = '--baseline';

/**
 * @param typed `12`, `trial 12` in any case, `model.loss=wgan,orientation=item`: some of its params, by the last parts of their
 * names; or `wgan`, the value of one
 * Throws UserError where that is none of them, or several, or one without a value.
 */
export function finalistNamed(
  typed: string,
  runs: readonly FinalRun[],
  metric: string,
  armOf: FinalistsAsked['armOf'],
): number {
  const all = [...new Set(runs.map(({ trial }) => trial))].map((trial): Named => ({ trial, arm: armOf(trial) }));
  const number = /^\s*(?:trial\s+)?(\d+)\s*$/i.exec(typed)?.[1];
  const found = number === undefined ? ofArm(typed, all) : all.filter(({ trial }) => trial === Number(number));
  const [only, ...more] = found;
  if (only === undefined)
    throw new UserError(`${option}: no final runs are of ${typed.trim()}`, `there are those of ${listed(all)}`);
  if (more.length > 0)
    throw new UserError(
      `${option}: ${typed.trim()} may be any of ${listed(found)}`,
      'say more of its params, or its trial',
    );
  if (!runs.some((run) => run.trial === only.trial && run.metrics[metric] !== undefined))
    throw new UserError(`${option}: no final run of ${finalistName(only)} has a value of ${metric}`);
  return only.trial;
}

/** Commas part params, and may be in a value; a value alone is that of any param. */
function ofArm(typed: string, all: readonly Named[]): Named[] {
  const byValue = all.filter(({ arm }) => Object.values(arm).some((value) => isText(value, typed.trim())));
  if (byValue.length > 0) return byValue;
  const names = [...new Set(all.flatMap(({ arm }) => Object.keys(arm)))];
  const wanted = typed.split(/,(?=[^,=]+=)/).map((part) => {
    const [, name = '', text = ''] = /^\s*([^=]+?)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
    if (name === '')
      throw new UserError(`${option}: ${part.trim()} is no trial, and no value of an arm`, `there are ${listed(all)}`);
    return { name: paramNamed(name, names), text };
  });
  return all.filter(({ arm }) => wanted.every(({ name, text }) => Object.hasOwn(arm, name) && isText(arm[name], text)));
}

function paramNamed(typed: string, names: readonly string[]): string {
  const found = names.includes(typed) ? [typed] : names.filter((name) => name.endsWith(`.${typed}`));
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  if (only !== undefined)
    throw new UserError(`${option}: ${typed} may be any of ${found.join(', ')}`, 'write more of the name');
  throw new UserError(`${option}: the arms have no param ${typed}`, didYouMean(typed, names).hint);
}

function isText(value: JsonValue | undefined, text: string): boolean {
  if (typeof value === 'number') return text !== '' && Number(text) === value;
  return (typeof value === 'string' ? value : JSON.stringify(value)) === text;
}

const mostListed = 8;

function listed(all: readonly Named[]): string {
  const names = all.slice(0, mostListed).map(finalistName);
  return all.length > mostListed ? `${names.join(', ')} and ${all.length - mostListed} more` : names.join(', ');
}
