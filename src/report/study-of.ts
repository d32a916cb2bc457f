/** What a study's recorded sweep file says that a report needs. The file is the user's: nothing in it is relied on. */

import { isMap } from '../pipeline/param-tree.ts';
import type { Goal, JsonValue } from '../pipeline/types.ts';
import type { Index } from '../record/open-index.ts';
import type { MetricRow, StudyRow } from '../record/rows.ts';
import type { ComparedStudy, Comparison } from './comparison.ts';

/** The study that a selection is, in whole; the newest where nothing is selected. */
export async function studyOf(index: Index, selection: readonly string[]): Promise<StudyRow | undefined> {
  const studies = await index.studies();
  return selection.length === 0
    ? studies[0]
    : studies.find(({ name }) => selection.length === 1 && name === selection[0]);
}

/** The study for the report; nothing where its record does not tell what it was after. */
export function comparedStudy(study: StudyRow | undefined): Pick<Comparison, 'study'> | Record<string, never> {
  const metric = metricOf(study);
  if (study === undefined || metric === undefined) return {};
  const question = field(study.spec, 'question');
  const pruned = prunedSeries(study.spec);
  const compared: ComparedStudy = {
    ...{ name: study.name, metric, states: study.states, sampler: samplerOf(study.spec) },
    ...(typeof question === 'string' ? { question } : {}),
    ...(pruned === undefined ? {} : { pruned }),
    replicates: replicatesOf(study.spec),
    arms: armParams(study.spec),
  };
  return { study: compared };
}

/** What a selection is after: the objective of its study, or of the studies its runs are of where it is the same of all. */
export async function objectiveOf(
  index: Index,
  selection: readonly string[],
): Promise<{ readonly name: string; readonly goal: Goal } | undefined> {
  const studies = await index.studies();
  const named = selection.length === 0 ? studies.slice(0, 1).map(({ name }) => name) : selection;
  const ofRuns = async (name: string) => [...new Set((await index.select([name])).map(({ study }) => study ?? ''))];
  const isStudy = (name: string) => studies.some((study) => study.name === name);
  const names = await Promise.all(named.map(async (name) => (isStudy(name) ? [name] : await ofRuns(name))));
  const [first, ...more] = names.flat().map((name) => metricOf(studies.find((study) => study.name === name)));
  return more.every((metric) => metric?.name === first?.name && metric?.goal === first?.goal) ? first : undefined;
}

/**
 * Metric to rank by first: the one wanted; else, of those with a goal, the one that most runs have. One of a held-out part
 * only where there is no other, as ranking by it is choosing by it.
 */
export function rankingMetric(wanted: string | undefined, metrics: readonly MetricRow[]): string | undefined {
  if (wanted !== undefined && metrics.some(({ name }) => name === wanted)) return wanted;
  const counts = new Map<string, number>();
  const ranked = metrics.filter(({ goal, holdout }) => goal !== null && !holdout);
  for (const { name } of ranked.length > 0 ? ranked : metrics.filter(({ goal }) => goal !== null))
    counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** The param to lay side by side: `split_by` of the sweep file. */
export function splitParam(study: StudyRow | undefined): string | undefined {
  const name = field(study?.spec, 'split_by');
  return typeof name === 'string' ? name : undefined;
}

/** The params that a study takes the best of each of. */
export function armParams(spec: JsonValue): string[] {
  const per = field(field(spec, 'final'), 'per') ?? field(spec, 'stratify');
  return asList(per).filter((name) => typeof name === 'string');
}

/** What it says of final runs: up to which stage, under which replicates, and of how many of each arm. */
export function finalsWanted(spec: JsonValue) {
  const final = field(spec, 'final');
  const [until, top] = [field(final, 'until'), field(final, 'top')];
  return {
    until: typeof until === 'string' ? until : undefined,
    replicates: asList(field(final, 'replicates')),
    top: typeof top === 'number' ? top : 1,
  };
}

/** Params of which one point has several values, each a run of its own. */
function replicatesOf(spec: JsonValue): string[] {
  const points = asList(field(spec, 'replicates')).filter(isMap);
  return points.length < 2 ? [] : [...new Set(points.flatMap((point) => Object.keys(point)))];
}

function metricOf(study: StudyRow | undefined): { name: string; goal: Goal } | undefined {
  const metric = asList(field(study?.spec, 'metric'))[0];
  const [name, goal] = [field(metric, 'name'), field(metric, 'goal')];
  return typeof name === 'string' && (goal === 'maximize' || goal === 'minimize') ? { name, goal } : undefined;
}

function prunedSeries(spec: JsonValue): string | undefined {
  const metric = field(field(spec, 'pruner'), 'metric');
  const [stage, series] = [field(metric, 'stage'), field(metric, 'series')];
  return typeof stage === 'string' && typeof series === 'string' ? `${stage}.${series}` : undefined;
}

function samplerOf(spec: JsonValue): string {
  const sampler = field(spec, 'sampler');
  const type = typeof sampler === 'string' ? sampler : field(sampler, 'type');
  return typeof type === 'string' ? type : 'unknown';
}

const field = (value: JsonValue | undefined, name: string) => (isMap(value) ? value[name] : undefined);
const asList = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : value === undefined ? [] : [value];
