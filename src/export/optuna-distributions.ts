/** What a study searched, in Optuna's words; a value has in its journal the form that its distribution gives it. */
import { canonicalJson } from '../hash.ts';
import { isMap } from '../pipeline/param-tree.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { type Distribution, type NumericDistribution, stepped, stepsIn } from '../sweep/search-space.ts';
import { Float, type PythonValue, pythonJson } from './python-json.ts';

export interface OptunaDistribution {
  /** Its JSON, which is a text in the journal. */
  readonly json: string;
  /** A value as the journal has it: of choices the place, else the number. */
  internal(value: JsonValue): PythonValue;
}

/** By the name of the parameter, of a recorded search; without those that the record does not tell. */
export function recordedDistributions(spec: JsonValue): Map<string, OptunaDistribution> {
  const parameters = isMap(spec) && isMap(spec.parameters) ? spec.parameters : {};
  const found = Object.entries(parameters).flatMap(([name, parameter]) => {
    const distribution = isMap(parameter) ? parameter.distribution : undefined;
    return isDistribution(distribution) ? [[name, optunaDistribution(distribution)] as const] : [];
  });
  return new Map(found);
}

function isDistribution(value: unknown): value is Distribution {
  const kind = (value as Distribution | undefined)?.kind;
  return kind === 'categorical' || kind === 'float' || kind === 'int';
}

function optunaDistribution(distribution: Distribution): OptunaDistribution {
  return distribution.kind === 'categorical' ? choices(distribution.values) : range(distribution);
}

/** Choices of Optuna are null, true, false, numbers and texts: lists and maps are their JSON. */
export function choices(values: readonly JsonValue[]): OptunaDistribution {
  const keys = values.map((value) => canonicalJson(value));
  const written = values.map((value) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value));
  return {
    json: pythonJson({ name: 'CategoricalDistribution', attributes: { choices: written as PythonValue } }),
    internal: (value) => keys.indexOf(canonicalJson(value)),
  };
}

/** On a log scale Optuna has no steps; and its upper end is one of the steps. */
function range({ kind, low, high, log, step }: NumericDistribution): OptunaDistribution {
  const last = step === undefined || log ? high : stepped(low, step, stepsIn(low, high, step));
  if (kind === 'int') {
    const attributes = { log, step: log ? 1 : step, low, high: last };
    return { json: pythonJson({ name: 'IntDistribution', attributes }), internal: (value) => Number(value) };
  }
  const steps = step === undefined || log ? null : new Float(step);
  const attributes = { step: steps, low: new Float(low), high: new Float(last), log };
  const json = pythonJson({ name: 'FloatDistribution', attributes });
  return { json, internal: (value) => new Float(Number(value)) };
}
