/** `retrial reproduce HASH`: runs a past experiment again without the cache and says whether it came out the same. */
import { exitCode, unreachable } from '../errors.ts';
import { type Reproduction, reproduce } from '../execute/reproduce.ts';
import { short } from '../hash.ts';
import { consoleSink } from '../logging/console.ts';
import { onInterrupt } from './interrupt.ts';
import { openRecorded, type ProjectOptions } from './project.ts';
import { reasonText } from './status.ts';

export interface ReproduceOptions extends ProjectOptions {
  readonly jobs?: number;
  readonly json?: boolean;
}

/** @returns 0 same bytes, 3 equal metrics only, 4 different, 5 inputs or packages drifted, 1 a stage failed */
export async function reproduceCommand(typed: string, options: ReproduceOptions): Promise<number> {
  const { pipeline, layout, id } = await openRecorded(typed, options);
  const screen = consoleSink({ stream: process.stderr, layout });
  const interrupt = onInterrupt((message) => process.stderr.write(`\n${message}\n`));
  try {
    const reproduction = await reproduce({
      ...{ pipeline, layout, id, sink: screen, signal: interrupt.signal },
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    });
    screen.close();
    if (reproduction === undefined) return interrupt.exitCode() ?? exitCode.interrupted;
    process.stdout.write(options.json === true ? json(reproduction) : text(reproduction));
    return exitCodeOf(reproduction.verdict);
  } finally {
    screen.close();
    interrupt.stop();
  }
}

function exitCodeOf(verdict: Reproduction['verdict']): number {
  switch (verdict) {
    case 'identical':
      return exitCode.ok;
    case 'failed':
      return exitCode.stageFailed;
    case 'equal-metrics':
      return 3;
    case 'different':
      return 4;
    case 'drifted':
      return 5;
    default:
      return unreachable(verdict);
  }
}

function json({ id, ...rest }: Reproduction): string {
  return `${JSON.stringify({ configHash: id.configHash, attempt: id.attempt, ...rest }, undefined, 2)}\n`;
}

function text({ id, verdict, stages, drift, kept }: Reproduction): string {
  const lines = [
    `${short(id.configHash)}@${id.attempt}: ${verdictText(verdict)}`,
    ...stages.flatMap(({ name, outputs }) =>
      outputs.map((output) => {
        const hashes = output.identical
          ? short(output.recorded)
          : `${short(output.recorded)} → ${short(output.reproduced)}`;
        return `  ${output.identical ? '=' : '≠'} ${name}.${output.name}  ${hashes}`;
      }),
    ),
    ...drift.map(({ stage, change }) => `  ${stage}: ${reasonText({ kind: 'changed', change, since: 'then' })}`),
    ...(kept === undefined ? [] : [`what came out this time is kept in ${kept}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function verdictText(verdict: Reproduction['verdict']): string {
  switch (verdict) {
    case 'identical':
      return 'identical: every output has the same bytes';
    case 'equal-metrics':
      return 'equal metrics: bytes differ, every metric is the same';
    case 'different':
      return 'different, although everything that went in is the same: a stage is not deterministic';
    case 'drifted':
      return 'different, and so is what went in (below)';
    case 'failed':
      return 'a stage failed';
    default:
      return unreachable(verdict);
  }
}
