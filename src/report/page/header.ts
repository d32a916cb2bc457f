/** What this is, what came out, and how to have it again. */
import type { ComparedRun } from '../comparison.ts';
import { type Child, command, h } from './dom.ts';
import { numberText, short, timeText } from './format.ts';
import type { PageState } from './state.ts';
import { themeButton } from './theme.ts';

export function header(state: PageState): HTMLElement {
  const { comparison } = state;
  const { study, runs, generatedAt } = comparison;
  const kind = study !== undefined ? 'Study' : runs.length === 1 ? 'Run' : 'Comparison';
  return h(
    'header.page-head',
    {},
    h('div.bar', {}, h('span.brand', {}, 'Retrial'), h('span.kind', {}, kind), themeButton()),
    h('h1', {}, comparison.title),
    h('p.facts', {}, ...facts(state)),
    answer(state),
    h('p.made', {}, `Made ${timeText(generatedAt)}. This file needs no network and no other file.`),
  );
}

function facts({ comparison }: PageState): Child[] {
  const { study, runs } = comparison;
  const fact = (text: string) => h('span.fact', {}, text);
  const states = Object.entries(study?.states ?? {}).map(([state, count]) => fact(`${count} ${state}`));
  const failed = runs.filter(({ status }) => status !== 'complete').length;
  return [
    fact(runs.length === 1 ? '1 run' : `${runs.length} runs`),
    ...states,
    study === undefined && failed > 0 ? fact(`${failed} not complete`) : null,
    study === undefined ? null : fact(`${study.sampler} sampler`),
    study === undefined ? null : fact(`${study.metric.goal} ${study.metric.name}`),
  ];
}

/** The best run of the largest group, in a sentence that claims no more than was measured. */
function answer(state: PageState): HTMLElement {
  const { rankBy, sections, comparison } = state;
  if (comparison.runs.length === 0) return h('p.answer', {}, 'There is no run to compare yet.');
  const [only] = comparison.runs;
  if (comparison.runs.length === 1 && only !== undefined) return h('div.answer', {}, ...only.reproduce.map(command));
  const ranked = sections.find(({ group }) => group !== null);
  const [best, second] = ranked?.runs ?? [];
  if (rankBy === undefined || best === undefined) return h('p.answer', {}, 'No metric is named to rank these runs by.');
  return h(
    'div.answer',
    {},
    h(
      'p.best',
      {},
      'Best: ',
      h('strong', {}, state.label(best)),
      ` with ${rankBy} `,
      h('strong.number', {}, numberText(valueOfRun(best, rankBy))),
      h('span.muted', {}, ` (${short(best.configHash)})`),
    ),
    h('p.note', {}, lead(state, rankBy, best, second)),
    ...best.reproduce.map(command),
  );
}

function lead(state: PageState, metric: string, best: ComparedRun, second: ComparedRun | undefined): string {
  const groups = state.sections.filter(({ group }) => group !== null).length;
  const apart = groups > 1 ? ` Values of ${groups} protocols are never ranked together: see the groups below.` : '';
  if (second === undefined) return `It is the only one with a value.${apart}`;
  const difference = numberText(Math.abs(valueOfRun(best, metric) - valueOfRun(second, metric)));
  return `It leads the second by ${difference}. With one run for each setting, this page cannot say whether near values would keep their order under another seed.${apart}`;
}

function valueOfRun(run: ComparedRun, metric: string): number {
  return run.metrics[metric]?.value ?? Number.NaN;
}
