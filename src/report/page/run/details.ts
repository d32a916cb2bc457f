/** One run in depth: config, stages, outputs with their hashes, environment, and how to have it again. */
import type { ComparedRun } from '../../comparison.ts';
import { command } from '../copy.ts';
import { type Child, h, section } from '../dom.ts';
import { durationText, timeText } from '../format.ts';
import { olderInFull, reasonOf, unsteadyText } from '../outcome.ts';
import type { PageState } from '../state.ts';
import { besideKey, otherOf, usual } from './beside.ts';
import { besideChoice } from './beside-choice.ts';
import { dag } from './dag.ts';
import { environmentTable, gitTable } from './run-environment.ts';
import { runLogs } from './run-logs.ts';
import { runMetrics } from './run-metrics.ts';
import { runParams } from './run-params.ts';
import { previewLimits, runPreviews } from './run-previews.ts';
import { outputTable, stageTable } from './run-stages.ts';

/** Shows the selected run; the best one, or the only one, to begin with. */
export function details(state: PageState): HTMLElement | null {
  const first = state.ranking[0]?.entries[0]?.run ?? state.sections[0]?.runs[0] ?? state.comparison.runs[0];
  if (first === undefined) return null;
  const isAlone = state.comparison.runs.length === 1;
  const host = h('div.details');
  const note = isAlone ? null : 'The best to begin with; choose another in the table or in a chart.';
  const element = section('run', isAlone ? 'The run' : 'One run in depth', note, host);
  const show = () => {
    const focused = document.activeElement?.getAttribute('data-focus');
    host.replaceChildren(...runElements(state, state.selection.run() ?? first, show));
    if (focused) host.querySelector<HTMLElement>(`[data-focus="${focused}"]`)?.focus();
  };
  state.selection.onChoice((_run, reveal) => {
    show();
    if (reveal) lead(element, host);
  });
  state.baseline.onChoice(show);
  show();
  return element;
}

/** Takes the reader there, who may come by keyboard or listen. */
function lead(element: HTMLElement, host: HTMLElement): void {
  element.scrollIntoView({ block: 'start' });
  host.querySelector<HTMLElement>('.run-name')?.focus({ preventScroll: true });
}

/** @param again draws all of it anew */
function runElements(state: PageState, run: ComparedRun, again: () => void): Node[] {
  const isAlone = state.comparison.runs.length === 1;
  const choice = state.view.get(besideKey) ?? usual;
  const other = isAlone ? undefined : otherOf(state, run, choice);
  const choose = (chosen: string) => {
    state.view.set(besideKey, chosen === usual ? undefined : chosen);
    again();
  };
  const logs = runLogs(run);
  const previews = runPreviews(state, run);
  const failed = run.stages.some(({ outcome, logTail }) => outcome === 'failed' && logTail !== null);
  const logBlock = logs.length === 0 ? null : block('Logs', ...logs);
  return [
    ...heading(state, run),
    ...remarks(run),
    failed ? logBlock : null,
    isAlone ? null : besideChoice(state, choice, choose),
    h(
      'div.columns-2',
      {},
      block('Params', runParams(state, run, other)),
      block('Metrics', runMetrics(state, run, other)),
    ),
    block('Stages', dag(run.stages), stageTable(run)),
    failed ? null : logBlock,
    block('Outputs', outputTable(run.stages), previews, previews === null ? null : h('p.note', {}, previewLimits)),
    h(
      'div.columns-2',
      {},
      block('Environment', environmentTable(run, other?.run)),
      h(
        'div.stack',
        {},
        block('Git', gitTable(run, other?.run)),
        block('Reproduce it', ...run.reproduce.map(command), reproduced(run)),
      ),
    ),
  ].filter((element) => element !== null);
}

function remarks(run: ComparedRun): HTMLElement[] {
  const reason = reasonOf(run);
  const unsteady = unsteadyText(run);
  const older = olderInFull(run);
  return [
    ...(reason === '' ? [] : [h('p.failure', {}, reason)]),
    ...(unsteady === '' ? [] : [h('p.failure', {}, `≠ ${unsteady}`)]),
    ...(older === '' ? [] : [h('p.warning', {}, older)]),
  ];
}

function heading(state: PageState, run: ComparedRun): HTMLElement[] {
  const fact = (text: string) => h('span.fact', {}, text);
  const isAlone = state.comparison.runs.length === 1;
  const facts = [
    h(`span.fact.status.${run.status}`, {}, run.status),
    run.trial === null ? null : fact(`trial ${run.trial}`),
    fact(`started ${timeText(run.startedAt)}`),
    run.durationMs === null ? null : fact(`took ${durationText(run.durationMs)}`),
    run.pinned ? fact('pinned') : null,
    ...run.tags.map((tag) => fact(`# ${tag}`)),
  ];
  const name = h('h3.run-name', { tabindex: '-1' }, state.label(run));
  return [
    h('div.run-head', {}, name, isAlone ? null : h('span.run-acts', {}, baselineButton(state, run), backButton())),
    h('p.facts', {}, ...facts),
    h('p.config-hash', {}, 'config ', h('code', {}, run.configHash), `, attempt ${run.attempt}`),
    ...(run.note === null ? [] : [h('p', {}, run.note)]),
  ];
}

function baselineButton({ baseline }: PageState, run: ComparedRun): HTMLElement {
  const isBaseline = baseline.run() === run;
  const toggle = () => baseline.choose(isBaseline ? undefined : run);
  const attributes = { type: 'button', onclick: toggle, 'aria-pressed': String(isBaseline), 'data-focus': 'baseline' };
  return h('button.quiet', attributes, isBaseline ? 'Baseline ✓' : 'Make it the baseline');
}

function backButton(): HTMLElement {
  const upwards = () => document.getElementById('runs')?.scrollIntoView();
  return h('button.link.back', { type: 'button', onclick: upwards }, '↑ all runs');
}

function block(title: string, ...children: readonly Child[]): HTMLElement {
  return h('div.block', {}, h('h4', {}, title), ...children);
}

function reproduced({ reproduced }: ComparedRun): HTMLElement {
  const verdict =
    reproduced === null ? 'Not reproduced yet.' : `Reproduced ${timeText(reproduced.at)}: ${reproduced.verdict}.`;
  return h('p.note', {}, verdict);
}
