/** Whether the owner of a claim still lives: by its process, by what another authority knows, or by the beats of its claim. */
import type { ProcessIdentity } from '../events.ts';
import { isAlive } from './process-identity.ts';

interface Beating {
  readonly by: ProcessIdentity;
  /** When it was made, by the owner's clock. */
  readonly at?: number;
  readonly nonce: string;
  readonly beat: number;
}

/** Knows of processes that cannot be judged from here, such as a queue that started them. It answers at once. */
export interface Authority {
  /** Why the process is gone, in words; undefined where it is not, or that is not known yet. */
  whyGone(by: ProcessIdentity): string | undefined;
}

let authority: Authority | undefined;

export function judgeBy(other: Authority): void {
  authority = other;
}

export function whyGone(by: ProcessIdentity): string | undefined {
  return authority?.whyGone(by);
}

/** When each claim's content was last seen to change, by the monotonic clock of this process. */
const seen = new Map<string, { content: string; atMs: number }>();

/** @param path of the claim, which names it */
export function isDead(path: string, file: Beating, leaseMs: number): boolean {
  const alive = isAlive(file.by);
  if (alive !== 'unknown') return !alive;
  const content = `${file.nonce}:${file.beat}`;
  const last = seen.get(path);
  const isNew = last === undefined || last.content !== content;
  if (isNew) seen.set(path, { content, atMs: performance.now() });
  const silentMs = isNew ? 0 : performance.now() - last.atMs;
  if (silentMs > 3 * leaseMs) return true;
  return (silentMs > 1.2 * leaseMs || lacksBeats(file, leaseMs)) && whyGone(file.by) !== undefined;
}

/** Only who is silent is asked about. Of one that is seen for the first time its age tells, as far as clocks agree. */
function lacksBeats({ at, beat }: Beating, leaseMs: number): boolean {
  return at !== undefined && Date.now() - at > (beat + 1.5) * leaseMs;
}
