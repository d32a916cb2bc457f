/**
 * What the job of a stage says of it, beside its journal: a file each time that it runs, to which it appends. The next
 * stages, whoever waits for the end, and the job that seals the attempt read it.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type AttemptId, isNothing, type StageFinished, type StageStarted } from '../events.ts';
import { readIfThere } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { namesIn } from '../store/listing.ts';

export interface Word {
  /** As the queue names it: `12`, `12_3`. */
  readonly job: string;
  /** How often it was put back into the queue: a node that is lost does not end what runs on it. */
  readonly restart: number;
  readonly event: StageStarted | StageFinished;
}

export interface StageWord {
  readonly started?: StageStarted;
  readonly finished?: StageFinished;
}

/** The restart of who seals the attempt: it has the last word. */
export const sealing = Number.MAX_SAFE_INTEGER;

/**
 * Each incarnation of a job has a file of its own: one that runs on at a lost node would overwrite what its successor says, as
 * appending is not exclusive among the machines of a network file system.
 */
function again(restart: number): string | undefined {
  if (restart === 0) return undefined;
  return restart === sealing ? 'sealed' : String(restart);
}

export function say(layout: Layout, id: AttemptId, word: Word): void {
  const file = layout.submission(id).word(word.event.stage, again(word.restart));
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `\n${JSON.stringify(word)}\n`); // a torn line before it ends here
}

/** Of a stage, as they follow each other. Two of them are looked for by their names: a listing may be old. */
export async function wordFiles(layout: Layout, id: AttemptId, stage: string): Promise<string[]> {
  const at = layout.submission(id);
  const names = await namesIn(at.words);
  const restarts = names.flatMap((name) =>
    name.startsWith(`${stage}~`) ? (name.slice(stage.length).match(/^~(\d+)\.jsonl$/)?.[1] ?? []) : [],
  );
  const inOrder = restarts.sort((a, b) => Number(a) - Number(b)).map((restart) => at.word(stage, restart));
  return [at.word(stage), ...inOrder, at.word(stage, again(sealing))];
}

/** Of the name of such a file. */
export function stageIn(name: string): string {
  return name.replace(/(~\w+)?\.jsonl$/, '');
}

/** All that was said of a stage; a torn line says nothing. */
export async function words(layout: Layout, id: AttemptId, stage: string): Promise<Word[]> {
  const files = await wordFiles(layout, id, stage);
  const texts = await Promise.all(files.map((file) => readIfThere(file)));
  return texts.flatMap((text) => (text ?? '').split('\n')).flatMap(wordIn);
}

function wordIn(line: string): Word[] {
  try {
    const word = line === '' ? undefined : (JSON.parse(line) as Word);
    return word?.event === undefined ? [] : [word];
  } catch {
    return [];
  }
}

/** A result stands, whoever made it; otherwise the job counts that was put back last. */
export async function wordOf(layout: Layout, id: AttemptId, stage: string): Promise<StageWord> {
  const said = await words(layout, id, stage);
  const result = said.find(({ event }) => event.type === 'stage-finished' && !isNothing(event.outcome));
  const last = Math.max(...said.map(({ restart }) => restart));
  const events = result === undefined ? said.filter(({ restart }) => restart === last).map(({ event }) => event) : [];
  const started = said.map(({ event }) => event).findLast((event) => event.type === 'stage-started');
  const finished = result === undefined ? events.findLast((event) => event.type === 'stage-finished') : result.event;
  return {
    ...(started === undefined ? {} : { started }),
    ...(finished === undefined ? {} : { finished: finished as StageFinished }),
  };
}
