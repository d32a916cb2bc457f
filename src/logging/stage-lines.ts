/** One stage in lines of text: as it runs, and as it ended. */
import type { ChalkInstance } from 'chalk';
import { unreachable } from '../errors.ts';
import type { ClaimOwner, StageFinished } from '../events.ts';
import { formatAgo, formatDuration, formatFailure, formatNumber, oneLine } from './format.ts';

/** What is known of a stage that runs, or waits for another process that runs it. */
export interface RunningStage {
  readonly stage: string;
  readonly sinceMs: number;
  readonly owner?: ClaimOwner;
  readonly point?: { readonly step: number; readonly values: Readonly<Record<string, number>> };
  readonly progress?: { readonly done: number; readonly total?: number; readonly unit?: string };
  /** The first progress it told, to estimate from: resumed work does not begin at zero. */
  readonly firstProgress?: { readonly done: number; readonly atMs: number };
}

const maxValues = 4;
const barWidth = 16;

/** `train  12.3 s  step 340  g_loss 0.69`, all that is known now. */
export function runningLine(running: RunningStage, nameWidth: number, nowMs: number, chalk: ChalkInstance): string {
  const { stage, owner, point, progress } = running;
  const parts = [stage.padEnd(nameWidth), chalk.dim(formatDuration(nowMs - running.sinceMs))];
  if (owner !== undefined) parts.push(waitText(owner));
  if (progress !== undefined) parts.push(progressText(running, nowMs, chalk));
  if (point !== undefined) parts.push(`step ${point.step}`, valuesText(Object.entries(point.values)));
  return parts.join('  ');
}

/** Whom it waits for, and since when that one has been at it. */
function waitText({ pid, host, since, stopped }: ClaimOwner): string {
  const what = since === undefined ? 'computes it' : `began it ${formatAgo(since)}`;
  return `waits for process ${pid} on ${oneLine(host)}, which ${what}${stopped === true ? ' and is stopped' : ''}`;
}

/** It lives, so that its claim is its own, and does nothing: only a person can tell what is to become of it. */
export function stoppedLine(stage: string, { pid }: ClaimOwner, nameWidth: number, chalk: ChalkInstance): string {
  const what = `waits for process ${pid}, which is stopped: kill -CONT ${pid} lets it go on, kill -KILL ${pid} ends it`;
  return `${chalk.yellow('!')} ${stage.padEnd(nameWidth)}  ${what}`;
}

/** A bar with an estimate where the total is known, what was done otherwise. */
function progressText({ progress, firstProgress }: RunningStage, nowMs: number, chalk: ChalkInstance): string {
  if (progress === undefined) return '';
  const { done, total, unit } = progress;
  const count = (n: number) => (Number.isInteger(n) ? String(n) : n.toFixed(1));
  const suffix = unit === undefined ? '' : ` ${oneLine(unit)}`;
  if (total === undefined || !(total > 0)) return `${count(done)}${suffix}`;
  const part = Math.min(1, Math.max(0, done / total));
  const full = Math.round(part * barWidth);
  const bar = `${'█'.repeat(full)}${chalk.dim('░'.repeat(barWidth - full))}`;
  const left = estimateMs(firstProgress, done, total, nowMs);
  const estimate = left === undefined ? '' : chalk.dim(`  about ${formatDuration(left)} left`);
  return `${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${count(done)}/${count(total)}${suffix}${estimate}`;
}

/** From the pace since the first progress told; unknown in the first second, when a pace says little. */
function estimateMs(first: RunningStage['firstProgress'], done: number, total: number, nowMs: number) {
  if (first === undefined || done <= first.done || nowMs - first.atMs < 1000) return undefined;
  return ((nowMs - first.atMs) / (done - first.done)) * Math.max(0, total - done);
}

/** How it ended, in one line; why it failed is part of it. */
export function finishedLine(event: StageFinished, nameWidth: number, chalk: ChalkInstance): string {
  const name = event.stage.padEnd(nameWidth);
  const took = formatDuration(event.durationMs);
  switch (event.outcome) {
    case 'fresh':
      return chalk.dim(`· ${name}  fresh`);
    case 'cached':
      return `${chalk.green('✓')} ${name}  cached  ${chalk.dim(made(event))}`.trimEnd();
    case 'ran':
      return `${chalk.green('✓')} ${name}  ran ${took}  ${chalk.dim(valuesText(resultsOf(event)))}`.trimEnd();
    case 'pruned':
      return `${chalk.yellow('◦')} ${name}  pruned after ${took}`;
    case 'cancelled':
      return chalk.dim(`- ${name}  ${event.failure === undefined ? 'was cancelled' : formatFailure(event.failure)}`);
    case 'failed':
      return `${chalk.red('✗')} ${name}  ${chalk.red('failed')}: ${reason(event)}, after ${took}`;
    default:
      return unreachable(event.outcome);
  }
}

const reason = ({ failure }: StageFinished) => (failure === undefined ? 'no reason given' : formatFailure(failure));

function made({ executionMs }: StageFinished): string {
  return executionMs === undefined ? '' : `made before in ${formatDuration(executionMs)}`;
}

/** The metrics it wrote; of a stage without any, what its series came to. */
function resultsOf(event: StageFinished): [string, number][] {
  const metrics = Object.values(event.metrics ?? {}).flatMap((record) => Object.entries(record.values));
  const series = Object.entries(event.series ?? {}).map(([name, { value }]) => [name, value] as const);
  return (metrics.length > 0 ? metrics : series).map(([name, value]) => [name, Number(value)]);
}

function valuesText(values: readonly (readonly [string, number])[]): string {
  const shown = values.slice(0, maxValues).map(([name, value]) => `${oneLine(name)} ${formatNumber(value)}`);
  return [...shown, ...(values.length > maxValues ? ['…'] : [])].join('  ');
}
