/** Many workers of a study that one process plays: what each would have left in the folder is written for it. */
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEvent, ProcessIdentity } from '../../src/events.ts';
import { randomStream } from '../../src/random.ts';
import { jsonText } from '../../src/store/files.ts';
import type { StudyDefinition } from '../../src/sweep/definition.ts';
import { looksBack } from '../../src/sweep/sampler.ts';
import { randomPoint } from '../../src/sweep/samplers/random.ts';

export interface PlayedWorkers {
  /** So many of them tell what they have and ask for the next, one after the other. */
  play(count: number): void;
  /** Bytes in their journals. */
  readonly bytes: number;
}

export interface Played {
  readonly definition: StudyDefinition;
  readonly journals: string;
  readonly claimsOf: (trial: number) => string;
  readonly workers: number;
  /** Trials that they have told before. */
  readonly told: number;
  /** What is recorded of what a suggestion had seen. */
  readonly seenOf: (running: readonly number[], next: number) => { readonly told: string; readonly running: string };
}

/** Claims of earlier trials lie in folders that nobody looks into: they are left out. */
const recent = 2_000;

interface Worker {
  readonly file: string;
  readonly by: ProcessIdentity;
  trial: number;
  lines: string;
}

export function playedWorkers(request: Played): PlayedWorkers {
  const { definition, journals, workers: count, told } = request;
  mkdirSync(journals, { recursive: true });
  const random = randomStream(1, 'played');
  const workers = Array.from({ length: count }, (_, at) => newWorker(journals, at));
  const running: number[] = [];
  let [next, turn, bytes] = [0, 0, 0];
  let isPlaying = false;
  const say = (worker: Worker, event: JournalEvent) => {
    worker.lines += `${JSON.stringify({ v: 1, ...event })}\n`;
  };
  const ask = (worker: Worker) => {
    while (isPlaying && existsSync(request.claimsOf(next))) next++; // a real worker has it
    worker.trial = next++;
    const seen = looksBack(definition.sampler) ? { seen: request.seenOf(running, worker.trial) } : {};
    running.push(worker.trial);
    if (isPlaying || worker.trial >= told - recent) claim(request.claimsOf(worker.trial), worker.by);
    const params = randomPoint(definition.space, 1, worker.trial);
    const ofTrial = { study: definition.name, trial: worker.trial };
    say(worker, { type: 'trial-asked', at: Date.now(), ...ofTrial, params, by: worker.by, restarts: 0, ...seen });
  };
  const tell = (worker: Worker) => {
    const { trial } = worker;
    running.splice(running.indexOf(trial), 1);
    const value = random.uniform();
    const ofTrial = { study: definition.name, trial, runs: [], value, replicates: [[value]], cost: { seconds: 60 } };
    say(worker, { type: 'trial-told', at: Date.now(), state: 'complete', ...ofTrial });
  };
  const flush = (some: Iterable<Worker>) => {
    for (const worker of some) {
      bytes += worker.lines.length;
      appendFileSync(worker.file, worker.lines);
      worker.lines = '';
    }
  };
  for (const worker of workers) ask(worker);
  // Who is next to end is drawn among all, so that those that run are no block of numbers.
  for (let at = 0; at < told; at++) {
    const worker = workers[random.integer(0, count - 1)] as Worker;
    tell(worker);
    ask(worker);
  }
  flush(workers);
  for (const { trial, by } of workers) claim(request.claimsOf(trial), by);
  isPlaying = true;
  return {
    play: (some) => {
      for (let at = 0; at < some; at++) {
        const worker = workers[turn++ % count] as Worker;
        tell(worker);
        ask(worker);
        flush([worker]);
      }
    },
    get bytes() {
      return bytes;
    },
  };
}

/** Of another machine, so that nothing but the beats of its claims tells whether it lives. */
function newWorker(journals: string, at: number): Worker {
  const [host, pid] = [`node${at % 50}`, 1000 + at];
  const by = { host, bootId: `boot-of-node-${at % 50}`, pidNamespace: 'pid:[4026531836]', pid, pidStart: '123456' };
  const file = join(
    journals,
    `20260101T000000${String(at).padStart(3, '0')}Z-${host}-${pid}-${at.toString(16).padStart(8, '0')}.jsonl`,
  );
  return { file, by, trial: -1, lines: '' };
}

/** As the owner makes it; that of a told trial would say so, which nobody reads. */
function claim(folder: string, by: ProcessIdentity): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '1'), jsonText({ by, at: Date.now(), nonce: '0123456789abcdef', beat: 0, deaths: 0 }));
}
