/** The final runs of a study: what each of its best came to on the held-out part, best first. */
import { chanceText, finalistsNotes, seedsText } from '../../logging/finalists-notes.ts';
import type { Finalist } from '../../record/finalists.ts';
import type { ComparedRun } from '../comparison.ts';
import { type Child, h, table } from './dom.ts';
import { decimalsOf, fixedText, paramWords } from './format.ts';
import type { PageState } from './state.ts';

/** Nothing without final runs. */
export function finalRuns(state: PageState): Child[] {
  const { finalists } = state.comparison;
  if (finalists === undefined) return [];
  const { rows, reference, metric, verdict } = finalists;
  const number = numberText(rows);
  const isCompared = reference !== null && rows.length > 1;
  const compared = isCompared ? [`Minus trial ${reference}`, '95 % of that', 'p after Holm'] : [];
  const cells = rows.map((row) => [
    link(state, row),
    row.mean === null ? 'failed' : number(row.mean),
    rangeText(row.interval, number),
    seedsText(row),
    ...(isCompared ? differenceCells(row, number) : []),
  ]);
  const numeric = [1, 2, 3, ...(isCompared ? [4, 5, 6] : [])];
  const headings = ['Final runs', metric, '95 %', 'Seeds', ...compared];
  return [
    h('p.verdict.of-finals', {}, `${verdict.charAt(0).toUpperCase()}${verdict.slice(1)}.`),
    h('div.finals', {}, table(headings, cells, numeric)),
    ...finalistsNotes(finalists).map((text) => h('p.note', {}, text)),
  ];
}

/** Selects the first of its final runs, or else of the trial's. */
function link(state: PageState, row: Finalist): HTMLElement {
  const { runs, trials = [] } = state.comparison;
  const hashes = [
    ...row.values.map(({ run }) => run),
    ...(trials.find(({ trial }) => trial === row.trial)?.runs ?? []),
  ];
  const byHash = (hash: string | null) => runs.find(({ configHash }) => configHash === hash);
  const run: ComparedRun | undefined =
    hashes.map(byHash).find((found) => found !== undefined) ?? runs.find(({ trial }) => trial === row.trial);
  const text = nameOf(state, row);
  if (run === undefined) return h('span', {}, text);
  return h('button.link', { type: 'button', onclick: () => state.selection.choose(run, true) }, text);
}

/** `wgan · item · trial 12`; of a study without arms its trial. */
function nameOf(state: PageState, { arm, trial }: Finalist): string {
  const words = Object.entries(arm).map(([name, value]) => paramWords(name, value, state));
  return [...words, `trial ${trial}`].join(' · ');
}

/** All values and bounds with as many decimals, so that their points stand under each other. */
function numberText(rows: readonly Finalist[]): (value: number) => string {
  const decimals = decimalsOf(
    rows.flatMap(({ mean, interval }) => [...(mean === null ? [] : [mean]), ...(interval ?? [])]),
  );
  return (value) => fixedText(value, decimals);
}

type NumberText = ReturnType<typeof numberText>;

function differenceCells({ against, apart }: Finalist, number: NumberText): string[] {
  if (against === null) return [apart ? 'not comparable' : '', '', ''];
  const { difference, interval } = against;
  const signed = `${difference > 0 ? '+' : ''}${number(difference)}`;
  return [signed, rangeText(interval, number), chanceText(against)];
}

function rangeText(interval: Finalist['interval'], number: NumberText): string {
  return interval === null ? '' : `${number(interval[0])} to ${number(interval[1])}`;
}
