/**
 * Whose claims a worker looks at. Of a trial that another has only its claim tells whether it still lives, and a thousand
 * workers that look at a thousand claims each are a load: with many, each looks at a few of its own choice, and at the same
 * again, as only who looks twice sees that a claim has no beat any more. A trial without any that look is not to be feared.
 */
import { randomInt } from 'node:crypto';
import { isAlive } from '../store/process-identity.ts';
import { isHeld, type StudyTrial } from './trial-record.ts';

export interface ClaimLooks {
  /** Of trials that are not told those whose claims are worth a look now. */
  due(trials: readonly StudyTrial[]): number[];
}

/** All are looked at where there are no more than so many. */
const fewTrials = 16;
const inView = 8;
/** A claim beats about as often. */
const pauseMs = 10_000;

export function claimLooks(
  salt: number = randomInt(2 ** 31),
  now: () => number = performance.now.bind(performance),
): ClaimLooks {
  const lookedMs = new Map<number, number>();
  const byChoice = (a: number, b: number) => mixed(a, salt) - mixed(b, salt);
  const chosen = (numbers: readonly number[]): readonly number[] => {
    if (numbers.length <= fewTrials) return numbers;
    const nowMs = now();
    const rested = numbers.filter((number) => nowMs - (lookedMs.get(number) ?? Number.NEGATIVE_INFINITY) >= pauseMs);
    const few = rested.sort(byChoice).slice(0, inView);
    for (const number of few) lookedMs.set(number, nowMs);
    return few;
  };
  return {
    due: (trials) => {
      const free = chosen(trials.filter(isFree).map(({ number }) => number));
      const held = chosen(trials.filter((trial) => !isFree(trial)).map(({ number }) => number));
      for (const number of lookedMs.keys()) if (lookedMs.size > 4 * trials.length) lookedMs.delete(number);
      return [...free, ...held];
    },
  };
}

/** Nobody has begun it, or who did has left it, or is known to be gone. */
function isFree(trial: StudyTrial): boolean {
  const { asked } = trial;
  return asked === undefined || !isHeld(trial) || isAlive(asked.by) === false;
}

/** A number that differs from worker to worker without order, and is the same each time (splitmix). */
function mixed(number: number, salt: number): number {
  let x = Math.imul(number ^ salt ^ (number >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (x ^ (x >>> 16)) >>> 0;
}
