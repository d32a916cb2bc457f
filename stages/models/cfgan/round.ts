/** One round: who moves when, over batches of all rows, and the means of what they report. */
import type { RandomStream } from '../../random-stream.ts';
import type { Series } from '../network/adversarial-step.ts';
import { criticSteps } from '../network/rules.ts';
import { shuffledPass } from '../rows.ts';
import type { RoundPlan } from './settings.ts';

/** One update each, of one batch of rows. */
export interface Moves {
  readonly discriminator: (batch: Int32Array) => Series;
  readonly generator: (batch: Int32Array) => Series;
}

export interface RoundContext {
  readonly rows: number;
  /** How often the generator has moved before this round. */
  readonly generatorUpdates: number;
  /** Of the order of rows, by player and pass. */
  readonly order: (player: 'generator' | 'discriminator', pass: number) => RandomStream;
  /** Awaited several times a second. */
  readonly breathe: () => Promise<void>;
}

/** @returns the mean over the round of each series. */
export async function playRound(plan: RoundPlan, moves: Moves, context: RoundContext): Promise<Series> {
  const means = new SeriesMeans();
  const breathe = atMostEvery(200, context.breathe);
  for (const { player, batch } of plan.alternate === 'passes' ? inPasses(plan, context) : inUpdates(plan, context)) {
    means.add(moves[player](batch));
    await breathe();
  }
  return means.values();
}

interface Turn {
  readonly player: keyof Moves;
  readonly batch: Int32Array;
}

function* inPasses(plan: RoundPlan, context: RoundContext): Generator<Turn> {
  for (let pass = 0; pass < plan.discriminatorPasses; pass++)
    for (const batch of passOf('discriminator', pass, plan, context)) yield { player: 'discriminator', batch };
  for (let pass = 0; pass < plan.generatorPasses; pass++)
    for (const batch of passOf('generator', pass, plan, context)) yield { player: 'generator', batch };
}

function* inUpdates(plan: RoundPlan, context: RoundContext): Generator<Turn> {
  const critic = endless('discriminator', plan, context);
  let moved = context.generatorUpdates;
  for (let pass = 0; pass < plan.generatorPasses; pass++)
    for (const batch of passOf('generator', pass, plan, context)) {
      for (let i = 0; i < criticSteps(plan, moved); i++) yield { player: 'discriminator', batch: critic.next().value };
      yield { player: 'generator', batch };
      moved++;
    }
}

function passOf(player: keyof Moves, pass: number, plan: RoundPlan, { rows, order }: RoundContext): Int32Array[] {
  const size = player === 'generator' ? plan.generatorBatch : plan.discriminatorBatch;
  return shuffledPass(rows, size, order(player, pass));
}

function* endless(player: keyof Moves, plan: RoundPlan, context: RoundContext): Generator<Int32Array, never> {
  for (let pass = 0; ; pass++) yield* passOf(player, pass, plan, context);
}

class SeriesMeans {
  readonly #sums = new Map<string, { sum: number; count: number }>();

  add(series: Series): void {
    for (const [name, value] of Object.entries(series)) {
      const entry = this.#sums.get(name) ?? { sum: 0, count: 0 };
      this.#sums.set(name, { sum: entry.sum + value, count: entry.count + 1 });
    }
  }

  values(): Series {
    return Object.fromEntries([...this.#sums].map(([name, { sum, count }]) => [name, sum / count]));
  }
}

function atMostEvery(ms: number, act: () => Promise<void>): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < ms) return;
    await act();
    last = performance.now();
  };
}
