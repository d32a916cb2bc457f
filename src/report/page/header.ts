/** What this is, what came out, and how to have it again. */
import type { ComparedRun } from '../comparison.ts';
import { command } from './copy.ts';
import { type Child, h } from './dom.ts';
import { short, timeText } from './format.ts';
import { reasonOf } from './outcome.ts';
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
    h('p.facts', {}, ...facts(state)),
    h('div.answer', {}, ...answer(state)),
    h('p.made', {}, `Made ${timeText(generatedAt)}. This file needs no network and no other file.`),
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

/** The best run of the largest group, in a sentence that claims no more than was measured. */
function answer(state: PageState): Child[] {
  const { rankBy, sections, comparison } = state;
  const [only, ...more] = comparison.runs;
  if (only === undefined) return [h('p', {}, 'There is no run to compare yet.')];
  if (more.length === 0) return ofOne(only);
  const ranked = sections.find(({ group }) => group !== null);
  const best = ranked?.runs[0];
  if (rankBy === undefined || ranked === undefined || best === undefined)
    return [
      h(
        'p',
        {},
        rankBy === undefined ? 'No metric is named to rank these runs by.' : `No run has a value of ${rankBy}.`,
      ),
    ];
  const label = sections.filter(({ group }) => group !== null).length > 1 ? state.groupLabel(ranked.group) : '';
  return [
    h(
      'p.best',
      {},
      label === '' ? 'Best: ' : `Best where ${label}: `,
      h('strong', {}, state.label(best)),
      ` with ${rankBy} `,
      h('strong.number', {}, metricOf(state, best, rankBy)),
      h('span.muted', {}, ` (${short(best.configHash)})`),
    ),
    h('p.note', {}, lead(state, rankBy, ranked.runs)),
    ...best.reproduce.map(command),
  ];
}

function ofOne(run: ComparedRun): Child[] {
  const reason = reasonOf(run);
  return [
    h(`p.status.${run.status}`, {}, run.status, reason === '' ? '' : `: ${reason}`),
    run.note === null ? null : h('p', {}, run.note),
    ...run.reproduce.map(command),
  ];
}

function lead(state: PageState, metric: string, [best, second]: readonly ComparedRun[]): string {
  const groups = state.sections.filter(({ group }) => group !== null).length;
  const apart = groups > 1 ? ` There are ${groups} groups of values that may not be ranked together: see below.` : '';
  if (best === undefined || second === undefined) return `It is the only one with such a value.${apart}`;
  const difference = Math.abs((best.metrics[metric]?.value ?? 0) - (second.metrics[metric]?.value ?? 0));
  const ahead =
    difference === 0
      ? 'It shares its value with the second.'
      : `It leads the second by ${state.metricText(metric, difference)}.`;
  return `${ahead} ${spread(state, metric, best)}${apart}`;
}

/** What is known of how far the value moves when only the seed does. */
function spread(state: PageState, metric: string, best: ComparedRun): string {
  const values = replicatesOf(state, best).flatMap((run) => run.metrics[metric]?.value ?? []);
  if (values.length < 2)
    return 'With one seed for its setting, this cannot say whether near values would keep their order under another.';
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => state.metricText(metric, value));
  return `Under ${values.length} seeds or folds its setting had ${low} to ${high}.`;
}

function metricOf(state: PageState, run: ComparedRun, metric: string): string {
  const value = run.metrics[metric]?.value;
  return value === undefined || value === null ? '' : state.metricText(metric, value);
}
