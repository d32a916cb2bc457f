/** Draws what happens: a line for each stage as it ends, and on a terminal live lines for those that run. */
import { relative } from 'node:path';
import { Chalk, type ChalkInstance, chalkStderr } from 'chalk';
import { unreachable } from '../errors.ts';
import type { AttemptId, RetrialEvent, Sink, StageFinished, StageStarted } from '../events.ts';
import { short } from '../hash.ts';
import type { Layout } from '../store/layout.ts';
import { formatDiagnostics } from './diagnostics.ts';
import { formatNumber } from './format.ts';
import { type LiveLines, liveLines, type Terminal } from './live-lines.ts';
import { logEnd } from './log-end.ts';
import { finishedLine, type RunningStage, runningLine, stoppedLine } from './stage-lines.ts';

export interface ConsoleOptions {
  readonly stream: Terminal & { readonly isTTY?: boolean };
  /** Whether to draw live lines; whether the stream is a terminal, where absent. */
  readonly isTTY?: boolean;
  /** What the terminal can, and NO_COLOR forbids, where absent. */
  readonly color?: boolean;
  /** Where several runs go on at once: each line begins with the hash of its run. */
  readonly naming?: boolean;
  /** To show the end of a failed stage's log, and where it lies. */
  readonly layout?: Layout;
}

export type ConsoleSink = Sink & {
  /** A line that stays, above the live ones. */
  print(line: string): void;
  /** Erases the live lines and stops drawing; what is printed afterwards stays where it is. */
  close(): void;
};

const frameMs = 120;
const frames = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
/** Where nothing is drawn live, a stage that has news says so this often. */
const heartbeatMs = 30_000;
const logLines = 10;

type Running = RunningStage & { readonly printedMs: number };

interface Screen {
  readonly lines: LiveLines;
  readonly chalk: ChalkInstance;
  readonly live: boolean;
  readonly running: Map<string, Running>;
  readonly layout: Layout | undefined;
  nameWidth: number;
}

export function consoleSink(options: ConsoleOptions): ConsoleSink {
  const live = options.isTTY ?? options.stream.isTTY === true;
  const color = options.color ?? (live && chalkStderr.level > 0 && !process.env.NO_COLOR);
  const screen: Screen = {
    lines: liveLines(options.stream, live),
    chalk: new Chalk({ level: color ? (Math.max(1, chalkStderr.level) as 1 | 2 | 3) : 0 }),
    ...{ live, running: new Map(), layout: options.layout, nameWidth: 10 },
  };
  let frame = 0;
  const timer = live ? setInterval(() => drawRunning(screen, frame++), frameMs) : undefined;
  timer?.unref();
  const close = () => {
    clearInterval(timer);
    screen.lines.draw([]);
  };
  const sink = (event: RetrialEvent) => {
    const kept = linesFor(screen, event);
    const name = options.naming && 'id' in event ? `${screen.chalk.dim(short(event.id.configHash))} ` : '';
    if (kept.length > 0) screen.lines.print(kept.map((line) => `${name}${line}`));
  };
  return Object.assign(sink, { close, print: (line: string) => screen.lines.print([line]) });
}

function drawRunning(screen: Screen, frame: number): void {
  const mark = screen.chalk.cyan(frames[frame % frames.length] ?? '');
  const now = performance.now();
  screen.lines.draw(
    [...screen.running.values()].map((r) => `${mark} ${runningLine(r, screen.nameWidth, now, screen.chalk)}`),
  );
}

/** Takes in what an event says; the lines to print for it. */
function linesFor(screen: Screen, event: RetrialEvent): string[] {
  switch (event.type) {
    case 'run-started':
      screen.nameWidth = Math.max(...Object.keys(event.stages).map((name) => name.length), screen.nameWidth);
      return [screen.chalk.dim(`run ${short(event.id.configHash)}@${event.id.attempt}`)];
    case 'warned':
      return formatDiagnostics(event.diagnostics, { color: screen.chalk.level > 0 }).split('\n');
    case 'stage-started':
      return stageStarted(screen, event);
    case 'stage-waiting':
      return waits(screen, event);
    case 'stage-point':
      return heard(screen, event, { point: event });
    case 'stage-progress': {
      const first = screen.running.get(keyOf(event))?.firstProgress;
      const firstProgress = first ?? { done: event.done, atMs: performance.now() };
      return heard(screen, event, { progress: event, firstProgress });
    }
    case 'stage-finished':
      screen.running.delete(keyOf(event));
      return [finishedLine(event, screen.nameWidth, screen.chalk), ...afterwards(screen, event)];
    case 'trial-told':
      return [
        `trial ${event.trial}  ${event.state}${event.value === undefined ? '' : `  ${formatNumber(event.value)}`}`,
      ];
    case 'run-finished':
    case 'run-reproduced':
    case 'run-marked':
    case 'run-removed':
    case 'study-started':
    case 'trial-asked':
    case 'trial-left':
    case 'trial-reported':
    case 'replicate-told':
    case 'trial-reopened':
    case 'final-told':
    case 'final-reopened':
      return []; // The command itself says how it went.
    default:
      return unreachable(event);
  }
}

type StageWaiting = Extract<RetrialEvent, { type: 'stage-waiting' }>;
type OfStage = Readonly<{ id: AttemptId; stage: string }>;
const keyOf = ({ id, stage }: OfStage) => `${id.configHash}@${id.attempt}/${stage}`;

function stageStarted(screen: Screen, event: StageStarted): string[] {
  const now = performance.now();
  screen.running.set(keyOf(event), { stage: event.stage, sinceMs: now, printedMs: now });
  const name = event.stage.padEnd(screen.nameWidth);
  if (event.retry > 0) return [`${screen.chalk.yellow('↻')} ${name}  tried again (${event.retry})`];
  return screen.live ? [] : [`▸ ${name}  started`];
}

/** What is heard first of a stage may also be that it waits. Where nothing is drawn live, some news become lines. */
function heard(screen: Screen, event: OfStage, news: Partial<Running>): string[] {
  const now = performance.now();
  const known = screen.running.get(keyOf(event));
  const stage = { ...(known ?? { stage: event.stage, sinceMs: now, printedMs: -heartbeatMs }), ...news };
  const prints = !screen.live && now - stage.printedMs >= heartbeatMs;
  screen.running.set(keyOf(event), prints ? { ...stage, printedMs: now } : stage);
  return prints ? [`  ${runningLine(stage, screen.nameWidth, now, screen.chalk)}`] : [];
}

/** That the one it waits for was stopped is said in a line that stays, also where the wait is drawn live. */
function waits(screen: Screen, event: StageWaiting): string[] {
  const wasStopped = screen.running.get(keyOf(event))?.owner?.stopped === true;
  const lines = heard(screen, event, { owner: event.owner });
  if (wasStopped || event.owner.stopped !== true) return lines;
  return [stoppedLine(event.stage, event.owner, screen.nameWidth, screen.chalk)];
}

/** What needs more than the line: the end of a failed stage's log, and outputs that should have been the same. */
function afterwards(screen: Screen, event: StageFinished): string[] {
  const { chalk, layout } = screen;
  const lines = (event.differing ?? []).map((output) =>
    chalk.yellow(`  not deterministic: before, with the same key, it wrote another "${output}"`),
  );
  if (event.outcome !== 'failed' || layout === undefined) return lines;
  const log = layout.run(event.id.configHash).attempt(event.id.attempt).log(event.stage);
  const end = logEnd(log, logLines);
  if (end === undefined) return lines;
  return [...lines, ...end.map((line) => chalk.dim(`  │ ${line}`)), chalk.dim(`  log: ${relative('', log)}`)];
}
