/** One run in depth: config, stages, outputs with their hashes, environment, and how to have it again. */
import { flatten } from '../../../pipeline/param-tree.ts';
import type { JsonValue } from '../../../pipeline/types.ts';
import type { ComparedRun } from '../../comparison.ts';
import { command, hash } from '../copy.ts';
import { type Child, h, section, table } from '../dom.ts';
import { durationText, sizeText, timeText, valueText } from '../format.ts';
import { reasonOf, unsteadyText } from '../outcome.ts';
import type { PageState } from '../state.ts';
import { dag } from './dag.ts';
import { runMetrics } from './run-metrics.ts';
import { runParams } from './run-params.ts';
import { outputTable, stageTable } from './run-stages.ts';

/** Shows the selected run; the best one, or the only one, to begin with. */
export function details(state: PageState): HTMLElement | null {
  const first = state.ranking[0]?.entries[0]?.run ?? state.sections[0]?.runs[0] ?? state.comparison.runs[0];
  if (first === undefined) return null;
  const isAlone = state.comparison.runs.length === 1;
  const host = h('div.details');
  const note = isAlone ? null : 'The best to begin with; choose another in the table or in a chart.';
  const element = section('run', isAlone ? 'The run' : 'One run in depth', note, host);
  const show = (run: ComparedRun) => host.replaceChildren(...runElements(state, run));
  state.selection.onChoice((run = first, reveal) => {
    show(run);
    if (reveal) lead(element, host);
  });
  show(state.selection.run() ?? first);
  return element;
}

/** Takes the reader there, who may come by keyboard or listen. */
function lead(element: HTMLElement, host: HTMLElement): void {
  element.scrollIntoView({ block: 'start' });
  host.querySelector<HTMLElement>('.run-name')?.focus({ preventScroll: true });
}

function runElements(state: PageState, run: ComparedRun): HTMLElement[] {
  const reason = reasonOf(run);
  const logs = run.stages.flatMap(({ name, logTail }) =>
    logTail === null ? [] : [block(`End of the log of ${name}`, h('pre', { tabindex: '0' }, logTail))],
  );
  return [
    ...heading(state, run),
    ...(reason === '' ? [] : [h('p.failure', {}, reason)]),
    ...(run.nondeterministic.length === 0 ? [] : [h('p.failure', {}, `≠ ${unsteadyText(run)}`)]),
    ...logs,
    h('div.columns-2', {}, block('Params', runParams(state, run)), block('Metrics', runMetrics(state, run))),
    block('Stages', dag(run.stages), stageTable(run.stages)),
    block('Outputs', outputTable(run.stages)),
    h(
      'div.columns-2',
      {},
      block('Environment', environment(run)),
      block('Reproduce it', ...run.reproduce.map(command), reproduced(run)),
    ),
  ];
}

function heading(state: PageState, run: ComparedRun): HTMLElement[] {
  const fact = (text: string) => h('span.fact', {}, text);
  const isAlone = state.comparison.runs.length === 1;
  const upwards = () => document.getElementById('runs')?.scrollIntoView();
  const back = h('button.link.back', { type: 'button', onclick: upwards }, '↑ all runs');
  const facts = [
    h(`span.fact.status.${run.status}`, {}, run.status),
    run.trial === null ? null : fact(`trial ${run.trial}`),
    fact(`started ${timeText(run.startedAt)}`),
    run.durationMs === null ? null : fact(`took ${durationText(run.durationMs)}`),
    run.pinned ? fact('pinned') : null,
    ...run.tags.map((tag) => fact(`# ${tag}`)),
  ];
  return [
    h('div.run-head', {}, h('h3.run-name', { tabindex: '-1' }, state.label(run)), isAlone ? null : back),
    h('p.facts', {}, ...facts),
    h('p.config-hash', {}, 'config ', h('code', {}, run.configHash), `, attempt ${run.attempt}`),
    ...(run.note === null ? [] : [h('p', {}, run.note)]),
  ];
}

function block(title: string, ...children: readonly Child[]): HTMLElement {
  return h('div.block', {}, h('h4', {}, title), ...children);
}

function environment(run: ComparedRun): HTMLElement {
  const rows = Object.entries(flatten(run.environment));
  if (rows.length === 0) return h('p.note', {}, 'Not recorded: the run ended before it was written.');
  return table(
    [],
    rows.map(([name, value]) => [name, environmentValue(name, value)]),
  );
}

function environmentValue(name: string, value: JsonValue): Child {
  if (typeof value === 'number' && name.endsWith('Bytes')) return sizeText(value);
  if (typeof value === 'string' && /^[0-9a-f]{40,64}$/.test(value)) return hash(value);
  return Array.isArray(value) ? value.map((item) => valueText(item as JsonValue)).join(', ') : valueText(value);
}

function reproduced({ reproduced }: ComparedRun): HTMLElement {
  const verdict =
    reproduced === null ? 'Not reproduced yet.' : `Reproduced ${timeText(reproduced.at)}: ${reproduced.verdict}.`;
  return h('p.note', {}, verdict);
}
