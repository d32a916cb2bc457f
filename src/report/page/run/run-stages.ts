/** The stages of a run, and what they made. */
import type { ComparedStage } from '../../comparison.ts';
import { hash } from '../copy.ts';
import { h, table } from '../dom.ts';
import { durationText, sizeText } from '../format.ts';

/** `Took` is of this run: next to nothing where the result was there already; `Made in` is of the execution that made it. */
export function stageTable(stages: readonly ComparedStage[]): HTMLElement {
  const rows = stages.map(({ name, desc, outcome, durationMs, executionMs, fingerprint, failure }) => [
    name,
    h('span', {}, h(`span.status.${outcome}`, {}, outcome), failure === null ? '' : `: ${failure}`),
    durationText(durationMs),
    durationText(executionMs),
    fingerprint === null ? '' : hash(fingerprint),
    h('span.muted', {}, desc ?? ''),
  ]);
  return table(['Stage', 'Outcome', 'Took', 'Made in', 'Fingerprint', ''], rows, [2, 3]);
}

export function outputTable(stages: readonly ComparedStage[]): HTMLElement {
  const rows = stages.flatMap((stage) =>
    stage.outputs.map((output) => [
      `${stage.name}.${output.name}`,
      output.path,
      sizeText(output.size),
      hash(output.hash),
    ]),
  );
  return rows.length === 0 ? h('p.note', {}, 'None.') : table(['Output', 'Path', 'Size', 'SHA-256'], rows, [2]);
}
