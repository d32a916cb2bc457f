/**
 * What the jobs of a stage say of it, beside their journals: a file a stage, to which each of its jobs appends. The next
 * stages, whoever waits for the end, and the job that seals the attempt read it.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type AttemptId, isNothing, type StageFinished, type StageStarted } from '../events.ts';
import { readIfThere } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';

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

/** One write: on a shared disk two jobs of a stage do not mix their lines as long as one is short. */
export function say(layout: Layout, id: AttemptId, word: Word): void {
  const file = layout.submission(id).word(word.event.stage);
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `\n${JSON.stringify(word)}\n`); // a torn line before it ends here
}

/** All that was said of a stage; a torn line says nothing. */
export async function words(layout: Layout, id: AttemptId, stage: string): Promise<Word[]> {
  const text = (await readIfThere(layout.submission(id).word(stage))) ?? '';
  return text.split('\n').flatMap((line) => {
    try {
      const word = line === '' ? undefined : (JSON.parse(line) as Word);
      return word?.event === undefined ? [] : [word];
    } catch {
      return [];
    }
  });
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
