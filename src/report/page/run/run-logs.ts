/** What the stages of a run printed last. */
import type { ComparedRun, ComparedStage } from '../../comparison.ts';
import { command } from '../copy.ts';
import { h } from '../dom.ts';
import { runName } from '../format.ts';

/** Folded, but for those of stages that failed. Nothing where the page knows of no log. */
export function runLogs(run: ComparedRun): HTMLElement[] {
  if (run.isBrief) return briefly(run);
  const printed = run.stages.filter(({ logTail }) => logTail !== null && logTail !== '');
  const silent = run.stages.filter(({ logTail }) => logTail === '').map(({ name }) => name);
  const note = silent.length === 0 ? [] : [h('p.note', {}, `${silent.join(', ')} printed nothing.`)];
  return [...printed.map(log), ...note];
}

function log({ name, outcome, logTail }: ComparedStage): HTMLElement {
  const lines = (logTail ?? '').split('\n').length;
  const summary = h('summary', {}, `${name} `, h('span.muted', {}, lines === 1 ? '1 line' : `last ${lines} lines`));
  const text = h('pre', { tabindex: '0', 'aria-label': `End of the log of ${name}` }, logTail);
  return h('details.folded.log', { open: outcome === 'failed' }, summary, text);
}

function briefly(run: ComparedRun): HTMLElement[] {
  const [first] = run.stages.filter(({ outcome }) => outcome === 'failed' || outcome === 'ran' || outcome === 'cached');
  const note = 'This page has room for logs and previews of some runs: the best, and those that failed.';
  return [
    h('p.note', {}, note),
    command(`npx retrial logs ${runName(run)}${first === undefined ? '' : ` ${first.name}`}`),
  ];
}
