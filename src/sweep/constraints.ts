/** Conditions between parameters, `model.latent_dim * 2 <= model.hidden`: points that do not meet them are not asked. */
import { compileExpression } from 'filtrex';
import type { Sampler } from './sampler.ts';
import { gridPoints } from './samplers/grid.ts';
import { randomPoint } from './samplers/random.ts';
import { type Point, pointKey, type SearchSpace, sizeOf } from './search-space.ts';

export interface Constraint {
  readonly text: string;
  /** Names that stand in it, of params. */
  readonly names: readonly string[];
  /** True also where a parameter that it names is not there in the point. Throws an Error for values of the wrong type. */
  holds(point: Point): boolean;
}

export class UnknownName extends Error {
  readonly unknown: string;

  constructor(unknown: string) {
    super(`there is no param "${unknown}"`);
    this.unknown = unknown;
  }
}

/**
 * @param fixed the params that are not swept, by dotted name.
 * @param laid those of them that depend on the point, as they are there.
 * Throws an Error where the text is no expression, and {@link UnknownName} for what is neither swept nor fixed.
 */
export function constraint(
  text: string,
  swept: readonly string[],
  fixed: Point,
  laid: (point: Point) => Point = () => ({}),
): Constraint {
  const names = namesIn(text);
  const all: Record<string, unknown> = { ...fixed };
  let missing = false;
  const evaluate = compileExpression(text, {
    constants: { true: true, false: false },
    customProp: (name: string) => {
      if (!(name in all)) missing = true;
      return all[name] ?? 0;
    },
  });
  const run = (point: Point): unknown => {
    for (const name of swept) delete all[name];
    Object.assign(all, laid(point), point);
    missing = false;
    const value: unknown = evaluate({});
    if (missing) return true;
    if (value instanceof Error) throw value;
    return value;
  };
  run({});
  const unknown = names.filter((name) => !swept.includes(name) && !(name in fixed));
  if (unknown[0] !== undefined) throw new UnknownName(unknown[0]);
  return { text, names, holds: (point) => Boolean(run(point)) };
}

const notNames = /^(and|or|not|in|of|if|then|else|mod|true|false)$/;

/** Also those of parts that are seldom come to: `a < 1 or b < 2`. Names in single quotes are names whatever is in them. */
function namesIn(text: string): readonly string[] {
  const tokens = text
    .replaceAll(/"(?:\\.|[^"\\])*"/g, '""')
    .matchAll(/'((?:\\.|[^'\\])*)'|[A-Za-z$_][.\w$]*(?!\s*\(|[.\w$])/g);
  const found = [...tokens].map(([word, quoted]) => quoted ?? word);
  return [...new Set(found)].filter((name) => !notNames.test(name));
}

const mostDraws = 5_000;

/**
 * Keeps to the constraints whatever the sampler: it is asked again under another seed, then points are drawn at random.
 *
 * @param samplers of the same settings, each with a seed of its own; the first comes first.
 * @returns a sampler that says undefined where no point was found that meets them.
 */
export function constrained(
  space: SearchSpace,
  constraints: readonly Constraint[],
  seed: number,
  samplers: readonly Sampler[],
): Sampler {
  const holds = (point: Point) => constraints.every((constraint) => constraint.holds(point));
  return {
    suggest(trial, seen) {
      for (const sampler of samplers) {
        const point = sampler.suggest(trial, seen);
        if (point === undefined || holds(point)) return point;
      }
      for (let draw = 0; draw < mostDraws; draw++) {
        const point = randomPoint(space, seed, trial * mostDraws + draw);
        if (holds(point)) return point;
      }
      return undefined;
    },
  };
}

/** Of so few points all are looked at. */
const mostLookedAt = 10_000;

/** Whether any point meets them; where there are too many to look at, whether any of those drawn at random does. */
export function canBeMet(space: SearchSpace, constraints: readonly Constraint[]): boolean {
  const holds = (point: Point) => constraints.every((constraint) => constraint.holds(point));
  const size = space.reduce((product, { distribution }) => product * sizeOf(distribution), 1);
  if (size <= mostLookedAt) return gridPoints(space).some(holds);
  for (let draw = 0; draw < mostDraws; draw++) if (holds(randomPoint(space, 0, draw))) return true;
  return false;
}

/** A grid's points that meet them, in its order, without those that are done already. */
export function constrainedGrid(
  space: SearchSpace,
  constraints: readonly Constraint[],
  done: ReadonlySet<string>,
): Sampler {
  const points = gridPoints(space).filter(
    (point) => !done.has(pointKey(point)) && constraints.every((constraint) => constraint.holds(point)),
  );
  return { suggest: (trial) => points[trial] };
}
