/**
 * Which runs? One small language for the terminal and the page: `ndcg@10 > .4 and model.loss = "wgan"`.
 * docs/filter.md tells all of it. Pure: it reads nothing, and runs in a browser as it does in Node.
 */
import { compile } from './compile.ts';
import type { Condition } from './expression.ts';
import { type FilterMistake, Misread, mistakeOf } from './mistake.ts';
import type { FilterNames } from './names.ts';
import { parse } from './parse.ts';
import type { FilterRow } from './row.ts';

export interface Filter {
  readonly text: string;
  /** What was understood, with the place of each part. */
  readonly expression: Condition;
  readonly test: (run: FilterRow) => boolean;
}

/** @param names of all there are, so that a wrong one is told at once, and a short one is known for what it means */
export function parseFilter(text: string, names: FilterNames): Filter | FilterMistake {
  try {
    const expression = parse(text, names);
    return { text, expression, test: compile(expression) };
  } catch (error) {
    if (error instanceof Misread) return mistakeOf(error, text);
    throw error;
  }
}

export function isMistake(found: Filter | FilterMistake): found is FilterMistake {
  return 'mistake' in found;
}
