/**
 * Studies as a journal of Optuna: what JournalStorage(JournalFileBackend(file)) reads, and optuna-dashboard shows. One
 * line for each operation, numbered as in optuna/storages/journal/_storage.py; Optuna numbers studies and trials in the
 * order in which they are created.
 */
import type { TrialState } from '../events.ts';
import { isMap } from '../pipeline/param-tree.ts';
import type { JsonValue } from '../pipeline/types.ts';
import type { TrialRow } from '../record/rows.ts';
import { phaseOf, type StudyState, type StudyTrial } from '../sweep/study-state.ts';
import { choices, type OptunaDistribution, recordedDistributions } from './optuna-distributions.ts';
import { trialCurve, trialValues } from './optuna-values.ts';
import { type PythonValue, pythonJson } from './python-json.ts';

const operation = { createStudy: 0, setStudyUserAttr: 2, setStudySystemAttr: 3, createTrial: 4 } as const;
const direction = { minimize: 1, maximize: 2 } as const;
const state: Readonly<Record<TrialState, number>> = { running: 0, complete: 1, pruned: 2, failed: 3, waiting: 4 };

export interface OptunaStudy {
  readonly name: string;
  readonly state: StudyState;
  /** As the record has them, by number. */
  readonly trials: readonly TrialRow[];
}

/** The whole journal. */
export function optunaJournal(studies: readonly OptunaStudy[]): string {
  const lines = studies.flatMap(studyLines);
  return lines.map((line) => `${pythonJson({ worker_id: 'retrial', ...line })}\n`).join('');
}

/** Names and goals, of the search it is in; none where the record does not tell them. */
export function metricsOf({ state: { phase } }: OptunaStudy): { name: string; goal: keyof typeof direction }[] {
  const spec = phase?.spec;
  const recorded = isMap(spec) ? spec.metric : undefined;
  return [recorded ?? []].flat().filter(isMetric);
}

function isMetric(metric: unknown): metric is { name: string; goal: keyof typeof direction } {
  const { name, goal } = (metric ?? {}) as { name?: unknown; goal?: unknown };
  return typeof name === 'string' && (goal === 'maximize' || goal === 'minimize');
}

type Line = Readonly<Record<string, PythonValue | undefined>>;

function studyLines(study: OptunaStudy, id: number): Line[] {
  const metrics = metricsOf(study);
  const directions = metrics.map(({ goal }) => direction[goal]);
  const names = { 'study:metric_names': metrics.map(({ name }) => name) };
  const question = isMap(study.state.said?.spec) ? study.state.said.spec.question : undefined;
  const asked = typeof question === 'string' ? [{ 'retrial.question': question }] : [];
  return [
    { op_code: operation.createStudy, study_name: study.name, directions },
    { op_code: operation.setStudySystemAttr, study_id: id, system_attr: names },
    ...asked.map((user_attr) => ({ op_code: operation.setStudyUserAttr, study_id: id, user_attr })),
    ...trialLines(study, metrics.length).map((line) => ({ op_code: operation.createTrial, study_id: id, ...line })),
  ];
}

/** A number that was never asked waits, so that those behind it keep theirs. */
function trialLines(study: OptunaStudy, objectives: number): Line[] {
  const rows = new Map(study.trials.map((row) => [row.trial, row]));
  const count = Math.max(-1, ...rows.keys()) + 1;
  const distributions = distributionsOf(study);
  return Array.from({ length: count }, (_, number): Line => {
    const [row, trial] = [rows.get(number), study.state.trials.get(number)];
    if (row === undefined || trial === undefined) return { state: state.waiting, datetime_start: null };
    return trialLine(row, trial, objectives, distributions(number));
  });
}

function trialLine(
  row: TrialRow,
  trial: StudyTrial,
  objectives: number,
  distributionOf: (name: string) => OptunaDistribution,
): Line {
  const params = Object.entries(row.params).map(([name, value]) => [name, value, distributionOf(name)] as const);
  const values = trialValues(row, trial, objectives);
  const isFinished = row.state === 'complete' || row.state === 'pruned' || row.state === 'failed';
  return {
    state: state[row.state],
    value: objectives === 1 ? (values?.[0] ?? null) : null,
    values: objectives === 1 ? null : (values ?? null),
    datetime_start: time(trial.asked?.at ?? trial.told?.at),
    datetime_complete: isFinished ? time(trial.told?.at ?? trial.asked?.at) : undefined,
    distributions: Object.fromEntries(params.map(([name, , distribution]) => [name, distribution.json])),
    params: Object.fromEntries(params.map(([name, value, { internal }]) => [name, internal(value)])),
    user_attrs: attributes(row, trial),
    system_attrs: {},
    intermediate_values: trialCurve(trial),
  };
}

function attributes(row: TrialRow, { told }: StudyTrial): PythonValue {
  return {
    'retrial.runs': row.runs,
    'retrial.reason': row.reason ?? undefined,
    'retrial.replicates': told?.replicates,
    'retrial.pruned_at': told?.step,
    'retrial.seconds': told?.cost?.seconds,
  };
}

/** Of a trial's number → of a name: what was searched in its phase; where that is not on record, among what was tried. */
function distributionsOf({ state: study, trials }: OptunaStudy) {
  const phases = study.phases.map((started) => ({
    first: phaseOf({ ...study, phase: started }).first,
    distributions: recordedDistributions(started.spec),
  }));
  const tried = (name: string) => {
    const values = trials.flatMap(({ params }) => (params[name] === undefined ? [] : [params[name]]));
    return choices([...new Map(values.map((value) => [JSON.stringify(value), value as JsonValue])).values()]);
  };
  return (number: number) => {
    const phase = phases.findLast(({ first }) => first <= number);
    return (name: string) => phase?.distributions.get(name) ?? tried(name);
  };
}

/** As Optuna writes it: in UTC, in microseconds. */
function time(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString().replace('Z', '000+00:00');
}
