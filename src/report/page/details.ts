/** One run in depth: config, stages, outputs with their hashes, environment, and how to have it again. */
import type { JsonValue } from '../../pipeline/types.ts';
import type { ComparedRun, ComparedStage } from '../comparison.ts';
import { type Child, command, h, section } from './dom.ts';
import { durationText, numberText, short, sizeText, timeText, valueText } from './format.ts';
import type { PageState } from './state.ts';
import { reasonOf } from './table.ts';

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

/** Those that differ between the runs come first, and are marked. */
function params(state: PageState, run: ComparedRun): HTMLElement {
  const names = Object.keys(run.params);
  const sorted = [
    ...names.filter((name) => state.differing.includes(name)),
    ...names.filter((name) => !state.differing.includes(name)),
  ];
  return table(
    [],
    sorted.map((name) => [state.differing.includes(name) ? h('strong', {}, name) : name, valueText(run.params[name])]),
    [1],
  );
}

function metrics(state: PageState, run: ComparedRun): HTMLElement {
  const rows = Object.entries(run.metrics).map(([name, { value, text, group }]) => {
    const label = state.comparison.groups[group]?.label ?? '';
    const held = state.comparison.metrics[name]?.holdout === true ? ' (held out)' : '';
    const shown =
      value === null
        ? h('span.diverged', {}, text ?? 'diverged')
        : state.isBest(run, name)
          ? h('strong.is-best', {}, `★ ${numberText(value)}`)
          : numberText(value);
    return [`${name}${held}`, shown, h('span.muted', {}, label)];
  });
  return table([], rows, [1]);
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
