/** What stages are given from outside, when they are submitted and when their jobs begin. */
import { hashJson } from '../../hash.ts';
import type { Surveyed } from '../../plan/surroundings.ts';
import type { Given, Submission } from '../../slurm/submissions.ts';

/** Node and what else the machine has may differ between where jobs are submitted and where they run: it is in the key. */
export function givenOf({ surroundings: { code, packages } }: Surveyed): Given {
  return { code, packages: hashJson(packages) };
}

/** Of many stages, each of what they are given once. */
export function givenTo(surveys: ReadonlyMap<string, Surveyed>): Pick<Submission, 'given' | 'givenTo'> {
  const given: Record<string, Given> = {};
  const to: Record<string, string> = {};
  for (const [stage, surveyed] of surveys) {
    const its = givenOf(surveyed);
    const name = hashJson(its);
    given[name] = its;
    to[stage] = name;
  }
  return { given, givenTo: to };
}

/** Paths of code that is not what it was, sorted. */
export function changedSince({ given, givenTo: to }: Submission, stage: string, surveyed: Surveyed): string[] {
  const before = given[to[stage] ?? ''];
  if (before === undefined) return [];
  const now = givenOf(surveyed);
  const paths = [...new Set([...Object.keys(before.code), ...Object.keys(now.code)])];
  const changed = paths.filter((path) => before.code[path] !== now.code[path]).sort();
  return before.packages === now.packages ? changed : [...changed, 'node_modules'];
}
