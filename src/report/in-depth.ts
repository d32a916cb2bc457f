/**
 * Adds to a comparison what makes a page large: the ends of logs and previews of outputs, of as many runs as there is room
 * for. The best and those that failed come first; the others are marked as brief.
 */
import { existsSync } from 'node:fs';
import type { ConfigHash, FingerprintHash } from '../hash.ts';
import { logEnd } from '../logging/log-end.ts';
import { recordedLock } from '../store/collected.ts';
import type { Layout } from '../store/layout.ts';
import type { StageLock } from '../store/published.ts';
import type { ComparedRun, ComparedStage, Comparison, NamedPreview } from './comparison.ts';
import { previewKey } from './preview-key.ts';
import { logLines } from './preview-limits.ts';
import { inOrder } from './ranking.ts';
import { previewsOf } from './read-previews.ts';

/** Characters of logs and previews in one page. */
export const depthBudget = 3_000_000;
/** Reading more takes longer than one waits for a page. */
const mostRuns = 400;
const logCharacters = 6000;

type Previews = Record<string, readonly NamedPreview[]>;

export async function inDepth(layout: Layout, comparison: Comparison, budget = depthBudget): Promise<Comparison> {
  const read = depthReader(layout);
  const previews: Previews = Object.create(null);
  const deep = new Map<ComparedRun, ComparedRun>();
  const counted = new Set<string>();
  const isAlone = comparison.runs.length === 1;
  let left = budget;
  for (const run of byWorth(comparison).slice(0, mostRuns)) {
    const found = await read(run);
    const logs = found.run.stages.flatMap(({ logTail }) => (logTail === null || counted.has(logTail) ? [] : [logTail]));
    const logSize = logs.join('').length;
    const fresh = Object.entries(found.previews).filter(([key]) => !(key in previews));
    // One run with many large pictures leaves room for others.
    const added = fitting(fresh, isAlone ? left - logSize : budget / 4);
    const size = logSize + added.reduce((sum, entry) => sum + sizeOf(entry), 0);
    if (size > left) break;
    left -= size;
    for (const [key, value] of added) previews[key] = value;
    for (const log of logs) counted.add(log);
    deep.set(run, found.run);
  }
  return { ...comparison, runs: comparison.runs.map((run) => deep.get(run) ?? brief(run)), previews };
}

type Entry = readonly [key: string, previews: readonly NamedPreview[]];

const sizeOf = (entry: Entry) => JSON.stringify(entry).length;

/** As many as there is room for; one that is too large leaves it to those after it. */
function fitting(entries: readonly Entry[], room: number): Entry[] {
  let left = room;
  return entries.filter((entry) => {
    const size = sizeOf(entry);
    if (size > left) return false;
    left -= size;
    return true;
  });
}

/** The best, the first that failed, the second best, and so on; then those of which nothing is known. */
export function byWorth(comparison: Comparison): ComparedRun[] {
  const { runs, trials = [] } = comparison;
  const isLost = ({ status }: ComparedRun) => status === 'failed' || status === 'killed';
  const lost = runs.filter(isLost);
  const byHash = new Map(runs.map((run) => [run.configHash, run]));
  const ofTrials = trials.flatMap((trial) => trial.runs.flatMap((hash) => byHash.get(hash) ?? []));
  const standing = [...new Set([...ofTrials, ...inOrder(comparison)])].filter((run) => !isLost(run));
  const order = Array.from({ length: Math.max(standing.length, lost.length) }, (_, at) => [standing[at], lost[at]]);
  return order.flat().filter((run) => run !== undefined);
}

function brief(run: ComparedRun): ComparedRun {
  return { ...run, isBrief: true, stages: run.stages.map((stage) => ({ ...stage, logTail: null })) };
}

/** Runs of one study share most results: each is read once. */
function depthReader(layout: Layout) {
  const locks = new Map<string, Promise<StageLock | undefined>>();
  const shown = new Map<string, readonly NamedPreview[]>();
  const lockOf = (fingerprint: FingerprintHash) => {
    const reading = locks.get(fingerprint) ?? recordedLock(layout, fingerprint);
    locks.set(fingerprint, reading);
    return reading;
  };
  return async (run: ComparedRun): Promise<{ readonly run: ComparedRun; readonly previews: Previews }> => {
    const previews: Previews = Object.create(null);
    for (const { fingerprint, outputs } of run.stages) {
      if (fingerprint === null || outputs.length === 0) continue;
      const lock = await lockOf(fingerprint as FingerprintHash);
      for (const output of outputs) {
        const recorded = lock?.outputs[output.name];
        if (recorded === undefined) continue;
        const key = previewKey(output);
        const found = shown.get(key) ?? previewsOf(layout.stage(fingerprint as FingerprintHash).outs, recorded);
        shown.set(key, found);
        if (found.length > 0) previews[key] = found;
      }
    }
    return { run: { ...run, stages: run.stages.map((stage) => withLog(layout, run, stage)) }, previews };
  };
}

/** The log of the attempt; of a result it had from elsewhere the one that was published with it. */
function withLog(layout: Layout, run: ComparedRun, stage: ComparedStage): ComparedStage {
  if (stage.outcome === 'waiting' || stage.logTail !== null) return stage;
  const own = layout
    .run(run.configHash as ConfigHash)
    .attempt(run.attempt)
    .log(stage.name);
  const published = stage.fingerprint === null ? own : layout.stage(stage.fingerprint as FingerprintHash).log;
  const lines = logEnd(existsSync(own) ? own : published, logLines);
  return { ...stage, logTail: lines === undefined ? null : endOf(lines.join('\n')) };
}

function endOf(text: string): string {
  return text.length <= logCharacters ? text : `…${text.slice(-logCharacters)}`;
}
