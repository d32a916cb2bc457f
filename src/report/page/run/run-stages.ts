/** The stages of a run: how each came out, when it ran, and what it made. */
import { formatSize } from '../../../logging/numbers.ts';
import type { ComparedRun, ComparedStage } from '../../comparison.ts';
import { hash } from '../copy.ts';
import { type Child, h, table } from '../dom.ts';
import { durationText } from '../format.ts';
import { type Bar, barsOf, savedMs } from './timeline.ts';

/** `Took` is of this run: next to nothing where the result was there already; `Made in` is of the execution that made it. */
export function stageTable({ stages, olderCode }: ComparedRun): HTMLElement {
  const bars = barsOf(stages);
  const older = new Map(olderCode.map(({ stage, changed }) => [stage, changed]));
  const rows = stages.map((stage): Child[] => [
    stage.name,
    h('span', {}, outcome(stage), olderTag(older.get(stage.name))),
    bar(stage, bars.get(stage)),
    durationText(stage.durationMs),
    durationText(stage.executionMs),
    stage.fingerprint === null ? '' : hash(stage.fingerprint),
    h('span.muted', {}, stage.desc ?? ''),
  ]);
  const saved = savedMs(stages);
  const note = saved < 1 ? null : h('p.note', {}, `Results that were there already saved ${durationText(saved)}.`);
  return h('div', {}, table(['Stage', 'Outcome', 'When', 'Took', 'Made in', 'Fingerprint', ''], rows, [3, 4]), note);
}

function outcome({ outcome, failure }: ComparedStage): HTMLElement {
  return h('span', {}, h(`span.status.${outcome}`, {}, outcome), failure === null ? '' : `: ${failure}`);
}

function olderTag(changed: readonly string[] | undefined): Child {
  if (changed === undefined) return null;
  return h('span.tag', { title: `a newer run has other ${changed.join(', ')}` }, 'older code');
}

/** Where in the time of the run it was. */
function bar({ outcome }: ComparedStage, at: Bar | undefined): Child {
  if (at === undefined) return '';
  const label = `from ${durationText(at.startMs)} to ${durationText(at.endMs)}`;
  const style = `left:${at.left}%;width:${at.width}%`;
  return h('div.when', { role: 'img', 'aria-label': label, title: label }, h(`span.bar.${outcome}`, { style }));
}

export function outputTable(stages: readonly ComparedStage[]): HTMLElement {
  const rows = stages.flatMap((stage) =>
    stage.outputs.map((output) => [
      `${stage.name}.${output.name}`,
      output.path,
      formatSize(output.size),
      hash(output.hash),
    ]),
  );
  return rows.length === 0 ? h('p.note', {}, 'None.') : table(['Output', 'Path', 'Size', 'SHA-256'], rows, [2]);
}
