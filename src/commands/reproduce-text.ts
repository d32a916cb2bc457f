/** What a person is told of a reproduction. */
import { unreachable } from '../errors.ts';
import type { Reproduction } from '../execute/reproduce.ts';
import type { MetricComparison, StageComparison } from '../execute/reproduce-compare.ts';
import type { Drift } from '../execute/reproduce-drift.ts';
import { short } from '../hash.ts';
import { formatFailure } from '../logging/format.ts';
import { reasonText } from './status.ts';

export function reproductionText(reproduction: Reproduction): string {
  const { id, stages, drift, kept, notCompared } = reproduction;
  const lines = [
    `${short(id.configHash)}@${id.attempt}: ${verdictText(reproduction)}`,
    ...codeText(reproduction),
    ...stages.flatMap(stageLines),
    ...notCompared.map(({ stage, outcome }) => `  - ${stage} ${unmadeText[outcome]}: not compared`),
    ...drift.map((one) => `  ${driftText(one)}`),
    ...(kept === undefined ? [] : [`what came out this time is kept in ${kept}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Why there is nothing of a stage to compare with. */
export const unmadeText = {
  failed: 'had failed',
  pruned: 'had been pruned',
  cancelled: 'had not run',
} as const;

export function verdictText(reproduction: Reproduction): string {
  const { verdict, firstDifference, tolerance, stages, recordedStatus, notCompared } = reproduction;
  const from = `from ${firstDifference} on`;
  switch (verdict) {
    case 'identical':
      return notCompared.length === 0
        ? 'identical: every output has the same bytes'
        : `identical as far as it got: the run had ${recordedStatus === 'failed' ? 'failed' : 'not come to its end'}, and what there was has the same bytes`;
    case 'equal-metrics':
      return `equal metrics: bytes differ ${from}, every metric is the same${tolerance > 0 ? ` within ${tolerance}` : ''}`;
    case 'different':
      return stages.some((stage) => !stage.identical && stage.sameInputs)
        ? `different ${from}, although everything that went in is the same: a stage is not deterministic`
        : `different ${from}: what went in is the same, what it ran on is not (below)`;
    case 'drifted':
      return `different ${from}, and so is what went in (below)`;
    case 'failed':
      return `${stages.find((stage) => stage.state === 'failed')?.name ?? 'a stage'} failed`;
    default:
      return unreachable(verdict);
  }
}

function codeText({ code }: Reproduction): string[] {
  switch (code) {
    case 'recorded':
      return [];
    case 'current':
      return ["  today's code was run, not the recorded one"];
    case 'not-recorded':
      return ["  today's code was run: this attempt is older than the recording of code"];
    default:
      return unreachable(code);
  }
}

function stageLines({ name, state, outputs, metrics, failure, sameInputs }: StageComparison): string[] {
  if (state === 'not-run') return [`  - ${name} was not run`];
  if (state === 'failed') {
    const hint = sameInputs ? ['    a file it reads may be in no key: declare it, or try --current-code'] : [];
    return [`  ✗ ${name} ${failure === undefined ? 'failed' : formatFailure(failure)}`, ...hint];
  }
  return [
    ...outputs.map((output) => {
      const hashes = output.identical
        ? short(output.recorded)
        : `${short(output.recorded)} → ${short(output.reproduced ?? 'nothing')}`;
      return `  ${output.identical ? '=' : '≠'} ${name}.${output.name}  ${hashes}`;
    }),
    ...metrics.filter((metric) => metric.recorded !== metric.reproduced).map(metricLine),
  ];
}

function metricLine({ name, recorded, reproduced, equal }: MetricComparison): string {
  return `    ${equal ? '≈' : '≠'} ${name}  ${recorded ?? '(none)'} → ${reproduced ?? '(none)'}`;
}

function driftText({ stage, change, message }: Drift): string {
  return `${stage === undefined ? '' : `${stage}: `}${message ?? reasonText({ kind: 'changed', change, since: 'then' })}`;
}
