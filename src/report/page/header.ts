/** What this is, what came out, and how to have it again. */
import type { ComparedRun } from '../comparison.ts';
import { command } from './copy.ts';
import { type Child, h } from './dom.ts';
import { finalRuns } from './finals.ts';
import { short, timeText } from './format.ts';
import { reasonOf } from './outcome.ts';
import type { Entry, EntrySection } from './ranking/entries.ts';
import { replicatesOf } from './replicates.ts';
import type { PageState } from './state.ts';
import { themeButton } from './theme.ts';

export function header(state: PageState): HTMLElement {
  const { study, runs, generatedAt, title } = state.comparison;
  const kind = study !== undefined ? 'Study' : runs.length === 1 ? 'Run' : 'Comparison';
  return h(
    'header.page-head',
    {},
    h('div.bar', {}, h('span.brand', {}, 'Retrial'), h('span.kind', {}, kind), themeButton()),
    h('h1', {}, title),
    study?.question === undefined ? null : h('p.question', {}, study.question),
    h('p.facts', {}, ...facts(state)),
    h('div.answer', {}, ...answer(state)),
    h(
      'p.made',
      {},
      `Made ${timeText(generatedAt)}. ${location.protocol === 'file:' ? 'This file needs no network and no other file.' : ''}`,
    ),
  );
}

function facts({ comparison }: PageState): Child[] {
  const { study, runs } = comparison;
  const fact = (text: string) => h('span.fact', {}, text);
  const counted = runs.length === 1 ? '1 run' : `${runs.length} runs`;
  const count = counted === comparison.title ? null : fact(counted);
  if (study === undefined) {
    const failed = runs.filter(({ status }) => status !== 'complete').length;
    return [count, failed > 0 && runs.length > 1 ? fact(`${failed} not complete`) : null];
  }
  const states = Object.entries(study.states).map(([state, trials]) => `${trials} ${state}`);
  return [
    count,
    states.length === 0 ? null : fact(`trials: ${states.join(', ')}`),
    fact(`${study.sampler} sampler`),
    fact(`${study.metric.goal} ${study.metric.name}`),
  ];
}

/** The best run, or trial, of the largest group, in a sentence that claims no more than was measured. */
function answer(state: PageState): Child[] {
  const { rankBy, ranking, comparison } = state;
  const [only, ...more] = comparison.runs;
  if (only === undefined) return [h('p', {}, 'There is no run to compare yet.')];
  if (more.length === 0) return ofOne(only);
  const [ranked] = ranking;
  const best = ranked?.entries[0];
  if (rankBy === undefined || ranked === undefined || best === undefined)
    return [
      h(
        'p',
        {},
        rankBy === undefined ? 'No metric is named to rank these runs by.' : `No run has a value of ${rankBy}.`,
      ),
    ];
  const label = ranking.length > 1 ? state.groupLabel(ranked.group) : '';
  return [
    h(
      'p.best',
      {},
      label === '' ? 'Best: ' : `Best where ${label}: `,
      h('strong', {}, state.entryLabel(best)),
      ` with ${best.runs.length > 1 ? 'mean ' : ''}${rankBy} `,
      h('strong.number', {}, state.metricText(rankBy, best.value)),
      h('span.muted', {}, ` (${nameOf(best)})`),
    ),
    ...verdict(state, rankBy, ranked),
    ...best.run.reproduce.map(command),
    ...finalRuns(state),
  ];
}

/** Which trial, and the hash of its first run. */
function nameOf({ run, runs }: Entry): string {
  return runs.length > 1 && run.trial !== null ? `trial ${run.trial}, ${short(run.configHash)}` : short(run.configHash);
}

function ofOne(run: ComparedRun): Child[] {
  const reason = reasonOf(run);
  return [
    h(`p.status.${run.status}`, {}, run.status, reason === '' ? '' : `: ${reason}`),
    run.note === null ? null : h('p', {}, run.note),
    ...run.reproduce.map(command),
  ];
}

/** Whether the best can be told from the second: of a study by the test that the sweep makes. */
function verdict(state: PageState, metric: string, { entries }: EntrySection): HTMLElement[] {
  const { comparison, ranking } = state;
  const groups = ranking.length;
  const apart = groups > 1 ? `There are ${groups} groups of values that may not be ranked together: see below.` : '';
  const interval = comparison.trials?.find(({ trial }) => trial === entries[0]?.run.trial);
  const within = interval?.interval?.map((end) => state.metricText(metric, end)).join(' to ');
  const mean = within === undefined ? '' : `Its mean lies within ${within} (${interval?.how}).`;
  const told =
    comparison.verdict === undefined ? lead(state, metric, entries) : `${sentence(comparison.verdict)} ${mean}`;
  return [h('p.verdict', {}, told), ...(apart === '' ? [] : [h('p.note', {}, apart)])];
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function lead(state: PageState, metric: string, [best, second]: readonly Entry[]): string {
  if (best === undefined || second === undefined) return 'It is the only one with such a value.';
  const difference = Math.abs(best.value - second.value);
  const means = best.runs.length > 1 ? ' (means)' : '';
  const ahead =
    difference === 0
      ? 'It shares its value with the second.'
      : `It leads the second by ${state.metricText(metric, difference)}${means}.`;
  return `${ahead} ${spread(state, metric, best)}`;
}

/** What is known of how far the value moves when only the seed does. */
function spread(state: PageState, metric: string, best: Entry): string {
  const runs = best.runs.length > 1 ? best.runs : replicatesOf(state, best.run);
  const values = runs.flatMap((run) => run.metrics[metric]?.value ?? []);
  if (values.length < 2)
    return 'With one seed for its setting, this cannot say whether near values would keep their order under another.';
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => state.metricText(metric, value));
  return `Under ${values.length} seeds or folds its setting had ${low} to ${high}.`;
}
