/** One run in depth: config, stages, outputs with their hashes, environment, and how to have it again. */
import type { JsonValue } from '../../pipeline/types.ts';
import type { ComparedRun, ComparedStage } from '../comparison.ts';
import { type Child, command, h, section } from './dom.ts';
import { durationText, numberText, short, sizeText, timeText, valueText } from './format.ts';
import type { PageState } from './state.ts';
import { reasonOf } from './table-cells.ts';

/** Shows the selected run; the best one, or the only one, to begin with. */
export function details(state: PageState): HTMLElement | null {
  const first = state.sections[0]?.runs[0] ?? state.comparison.runs[0];
  if (first === undefined) return null;
  const host = h('div.details', { 'aria-live': 'polite' });
  const show = (run: ComparedRun) => host.replaceChildren(...runElements(state, run));
  state.onSelect((run) => {
    show(run);
    element.scrollIntoView({ block: 'nearest' });
  });
  const element = section('run', state.comparison.runs.length === 1 ? 'The run' : 'One run', null, host);
  show(first);
  return element;
}

function runElements(state: PageState, run: ComparedRun): HTMLElement[] {
  const reason = reasonOf(run);
  return [
    h(
      'h3.run-name',
      {},
      h('code', {}, `${short(run.configHash)}@${run.attempt}`),
      ` ${state.comparison.runs.length > 1 ? state.label(run) : ''}`,
    ),
    h('p.facts', {}, ...runFacts(run)),
    ...(reason === '' ? [] : [h('p.failure', {}, reason)]),
    h('div.columns-2', {}, block('Params', params(state, run)), block('Metrics', metrics(state, run))),
    block('Stages', dag(run.stages), stages(run.stages)),
    ...run.stages
      .filter(({ logTail }) => logTail !== null)
      .map((stage) => block(`End of the log of ${stage.name}`, h('pre', {}, stage.logTail ?? ''))),
    block('Outputs', outputs(run.stages)),
    h(
      'div.columns-2',
      {},
      block('Environment', pairs(run.environment)),
      block('Reproduce it', ...run.reproduce.map(command), reproduced(run)),
    ),
  ];
}

function runFacts(run: ComparedRun): Child[] {
  const fact = (text: string) => h('span.fact', {}, text);
  return [
    h(`span.fact.status.${run.status}`, {}, run.status),
    run.trial === null ? null : fact(`trial ${run.trial}`),
    fact(`started ${timeText(run.startedAt)}`),
    run.durationMs === null ? null : fact(`took ${durationText(run.durationMs)}`),
    ...run.tags.map((tag) => fact(`# ${tag}`)),
    run.note === null ? null : fact(run.note),
  ];
}

function block(title: string, ...children: readonly Child[]): HTMLElement {
  return h('div.block', {}, h('h4', {}, title), ...children);
}

function table(
  headings: readonly string[],
  rows: readonly (readonly Child[])[],
  numeric: readonly number[] = [],
): HTMLElement {
  const cell = (tag: string) => (child: Child, at: number) =>
    h(numeric.includes(at) ? `${tag}.number` : tag, {}, child);
  return h(
    'div.scroll',
    {},
    h(
      'table',
      {},
      headings.length === 0 ? null : h('thead', {}, h('tr', {}, ...headings.map(cell('th')))),
      h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map(cell('td'))))),
    ),
  );
}

/** Those that differ between the runs; the others behind a line. Of a single run all. */
function params(state: PageState, run: ComparedRun): HTMLElement {
  const rows = (names: readonly string[]) => names.map((name) => [name, valueText(run.params[name])]);
  const names = Object.keys(run.params);
  const shared = names.filter((name) => !state.differing.includes(name));
  if (state.comparison.runs.length === 1) return table([], rows(names), [1]);
  return h(
    'div',
    {},
    table([], rows(state.differing), [1]),
    folded('the same in all runs', table([], rows(shared), [1]), shared.length),
  );
}

/** What is there for who looks for it. */
function folded(what: string, content: HTMLElement, count: number): HTMLElement | null {
  return count === 0 ? null : h('details.folded', {}, h('summary', {}, `${count} ${what}`), content);
}

/** Those with a goal; counts, losses and other baselines' values behind a line. */
function metrics(state: PageState, run: ComparedRun): HTMLElement {
  const names = Object.keys(run.metrics);
  const depth = (name: string) => name.split('.').length;
  const main = names.filter((name) => state.comparison.metrics[name]?.goal !== null && depth(name) === 2);
  const rest = names.filter((name) => !main.includes(name));
  const rows = (list: readonly string[]) =>
    table(
      [],
      list.map((name) => metricRow(state, run, name)),
      [1],
    );
  if (main.length === 0) return rows(rest);
  return h('div', {}, rows(main), folded('more', rows(rest), rest.length));
}

function metricRow(state: PageState, run: ComparedRun, name: string): Child[] {
  const found = run.metrics[name];
  const label = state.comparison.groups[found?.group ?? '']?.label ?? '';
  const held = state.comparison.metrics[name]?.holdout === true ? h('span.muted', {}, ' held out') : null;
  return [h('span', {}, name, held), metricValue(state, run, name), h('span.muted', {}, label)];
}

function metricValue(state: PageState, run: ComparedRun, name: string): Child {
  const found = run.metrics[name];
  if (found === undefined) return '';
  if (found.value === null) return h('span.diverged', {}, found.text ?? 'diverged');
  return state.isBest(run, name) ? h('strong.is-best', {}, `★ ${numberText(found.value)}`) : numberText(found.value);
}

function stages(list: readonly ComparedStage[]): HTMLElement {
  const rows = list.map((stage) => [
    h('span', { title: stage.desc ?? '' }, stage.name),
    h(`span.status.${stage.outcome}`, {}, stage.outcome),
    durationText(stage.durationMs),
    durationText(stage.executionMs),
    stage.fingerprint === null ? '' : h('code', { title: stage.fingerprint }, short(stage.fingerprint)),
    stage.failure ?? '',
  ]);
  return table(['Stage', 'Outcome', 'Took', 'Made in', 'Fingerprint', ''], rows, [2, 3]);
}

/** Stages in the order of their depth, each under what it needs: columns of boxes with what each needs said in words. */
function dag(list: readonly ComparedStage[]): HTMLElement {
  const depth = new Map<string, number>();
  for (const stage of list) depth.set(stage.name, Math.max(0, ...stage.deps.map((dep) => (depth.get(dep) ?? 0) + 1)));
  const levels = [...new Set(depth.values())].sort((a, b) => a - b);
  const columns = levels.map((level) =>
    h(
      'div.level',
      {},
      ...list
        .filter(({ name }) => depth.get(name) === level)
        .map((stage) =>
          h(
            `div.node.${stage.outcome}`,
            { title: stage.deps.length === 0 ? stage.name : `${stage.name} needs ${stage.deps.join(', ')}` },
            stage.name,
          ),
        ),
    ),
  );
  return h('div.dag', { role: 'img', 'aria-label': `stages: ${list.map(({ name }) => name).join(', ')}` }, ...columns);
}

function outputs(list: readonly ComparedStage[]): HTMLElement {
  const rows = list.flatMap((stage) =>
    stage.outputs.map((output) => [
      `${stage.name}.${output.name}`,
      output.path,
      sizeText(output.size),
      h('code', { title: output.hash }, short(output.hash)),
    ]),
  );
  return table(['Output', 'Path', 'Size', 'SHA-256'], rows, [2]);
}

function pairs(values: Readonly<Record<string, JsonValue>>): HTMLElement {
  return table(
    [],
    Object.entries(values).map(([name, value]) => [name, valueText(value)]),
  );
}

function reproduced({ reproduced }: ComparedRun): HTMLElement {
  if (reproduced === null) return h('p.note', {}, 'Not reproduced yet.');
  return h('p.note', {}, `Reproduced ${timeText(reproduced.at)}: ${reproduced.verdict}.`);
}
