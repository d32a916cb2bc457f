/** Which params name a run: where many differ, the names must still tell the runs apart that stand beside each other. */
import type { ComparedRun } from '../comparison.ts';
import { differingParams, type RankedSection } from '../ranking.ts';

/** More are not read. */
export const mostParams = 6;

/**
 * For each run the params to name it by: where few differ all of these, else those that differ within its comparable
 * group, as what tells the groups apart is said by their labels. Of a study with arms its arm, and what differs within that.
 */
export function namingParams(
  runs: readonly ComparedRun[],
  sections: readonly RankedSection<ComparedRun>[],
  differing: readonly string[],
  arms: readonly string[],
): (run: ComparedRun) => readonly string[] {
  const ofAll = tellingParams(runs, differing);
  if (differing.length <= mostParams) return () => ofAll;
  const known = new Map<ComparedRun, readonly string[]>();
  for (const { group, runs: members } of sections) {
    if (group === null && arms.length === 0) continue;
    for (const { arm, runs: own } of byArm(members, arms)) {
      const others = differingParams(own).filter((name) => !arm.includes(name));
      const naming = [...arm, ...tellingParams(own, others, Math.max(1, mostParams - arm.length))];
      for (const run of own) if (naming.length > 0) known.set(run, naming);
    }
  }
  return (run) => known.get(run) ?? ofAll;
}

interface OfArm {
  /** Those of the arms' params that it has. */
  readonly arm: readonly string[];
  readonly runs: ComparedRun[];
}

function byArm(runs: readonly ComparedRun[], arms: readonly string[]): OfArm[] {
  const found = new Map<string, OfArm>();
  for (const run of runs) {
    const key = JSON.stringify(arms.map((name) => run.params[name] ?? null));
    const own = found.get(key) ?? { arm: arms.filter((name) => run.params[name] !== undefined), runs: [] };
    own.runs.push(run);
    found.set(key, own);
  }
  return [...found.values()];
}

/** At most `most`, in the order given: those that together tell most runs apart, then those that vary most. */
export function tellingParams(
  runs: readonly ComparedRun[],
  params: readonly string[],
  most = mostParams,
): readonly string[] {
  if (params.length <= most) return params;
  const some = sampleOf(runs);
  const left = new Map(params.map((name) => [name, some.map((run) => JSON.stringify(run.params[name]))]));
  const chosen = new Set<string>();
  let settings = some.map(() => '');
  while (chosen.size < most) {
    const candidates = [...left].map(([name, values]) => {
      const refined = settings.map((setting, at) => `${setting}\n${values[at]}`);
      return { name, refined, apart: new Set(refined).size, varied: variedBy(values) };
    });
    const [best] = candidates.sort((a, b) => b.apart - a.apart || b.varied - a.varied);
    if (best === undefined) break;
    chosen.add(best.name);
    left.delete(best.name);
    settings = best.refined;
  }
  return params.filter((name) => chosen.has(name));
}

/** Of thousands of runs as many tell the same. */
const mostSampled = 200;

function sampleOf(runs: readonly ComparedRun[]): readonly ComparedRun[] {
  const stride = Math.max(1, runs.length / mostSampled);
  return Array.from(
    { length: Math.floor(runs.length / stride) },
    (_, at) => runs[Math.floor(at * stride)] as ComparedRun,
  );
}

/** How many have another value than the commonest one. */
function variedBy(values: readonly (string | undefined)[]): number {
  const counts = new Map<string | undefined, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return values.length - [...counts.values()].reduce((most, count) => Math.max(most, count), 0);
}
