/**
 * Params of a study that are searched only where others have certain values (`when: { model.name: cfgan }`). A run of other
 * values has them at their defaults, which nobody chose and nothing may read: to compare by them would make popularity a
 * `loss = vanilla`.
 */
import { isMap } from '../pipeline/param-tree.ts';
import type { JsonValue } from '../pipeline/types.ts';
import type { ComparedRun } from './comparison.ts';

/** Those of each run apart from its other params. @param spec of the study, as it was recorded: nothing in it is relied on */
export function withoutUnused<Run extends Pick<ComparedRun, 'params'>>(
  runs: readonly Run[],
  spec: JsonValue,
): (Run & Pick<ComparedRun, 'unused'>)[] {
  const conditions = conditionsOf(spec);
  return runs.map((run) => {
    const names = Object.keys(run.params).filter((name) => !isUsed(name, run.params, conditions));
    if (names.length === 0) return run;
    const pick = (is: (name: string) => boolean) =>
      Object.fromEntries(Object.entries(run.params).filter(([name]) => is(name)));
    const isUnused = (name: string) => names.includes(name);
    return { ...run, params: pick((name) => !isUnused(name)), unused: pick(isUnused) };
  });
}

/** Param → the values that each other param must have one of. */
type Conditions = ReadonlyMap<string, readonly (readonly [name: string, values: readonly JsonValue[]])[]>;

function conditionsOf(spec: JsonValue): Conditions {
  const parameters = isMap(spec) && isMap(spec.parameters) ? spec.parameters : {};
  return new Map(
    Object.entries(parameters).map(([name, parameter]) => {
      const when = isMap(parameter) && isMap(parameter.when) ? parameter.when : {};
      const wanted = Object.entries(when).map(([other, values]) => [other, asList(values)] as const);
      return [name, wanted];
    }),
  );
}

function isUsed(name: string, params: ComparedRun['params'], conditions: Conditions): boolean {
  return (conditions.get(name) ?? []).every(
    ([other, values]) =>
      isUsed(other, params, conditions) &&
      values.some((value) => JSON.stringify(value) === JSON.stringify(params[other])),
  );
}

const asList = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : value === undefined ? [] : [value];
