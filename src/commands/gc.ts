/** `retrial gc`: removes what nobody needs from `runs/`; by a policy also results of runs that it does not keep. */
import { exitCode, UserError } from '../errors.ts';
import { formatSize } from '../logging/format.ts';
import { printJson } from '../logging/json.ts';
import { printLines } from '../logging/stdout.ts';
import { durationMs, sizeBytes } from '../pipeline/quantities.ts';
import { type KeepPolicy, keptAttempts } from '../record/kept-attempts.ts';
import { type Collected, collect } from '../store/collect.ts';
import { layoutOf } from '../store/layout.ts';
import { bytesOf, gcText } from './gc-text.ts';
import { type ReadingOptions, reading } from './reading.ts';

export interface GcOptions extends ReadingOptions {
  readonly keepLast?: number;
  readonly keepBest?: number;
  readonly metric?: string;
  /** Such as `30d`. */
  readonly youngerThan?: string;
  /** Such as `10GiB`. */
  readonly maxSize?: string;
  readonly dryRun?: boolean;
  /** Also what is younger than a day. */
  readonly now?: boolean;
}

const dayMs = 24 * 60 * 60 * 1000;

/** @returns 1 where another gc is under way */
export async function gc(options: GcOptions): Promise<number> {
  const { policy, maxBytes } = policyOf(options);
  const graceMs = options.now === true ? 0 : dayMs;
  const dryRun = options.dryRun === true;
  const collected = await collectKeeping(options, policy, maxBytes, { graceMs, dryRun });
  if (collected.kind === 'busy') {
    process.stderr.write(`error: another gc is under way: process ${collected.pid} on ${collected.host}\n`);
    return exitCode.stageFailed;
  }
  const { removed, kept, objects } = collected;
  const freedBytes = bytesOf(removed);
  const left = { results: kept.length, bytes: bytesOf(kept) };
  if (options.json === true) printJson({ dryRun, removed, freedBytes, kept, left });
  else printLines(gcText(removed, kept, dryRun));
  if (objects === 'in-use') process.stderr.write('objects were left alone, as something runs\n');
  if (maxBytes !== undefined && left.bytes > maxBytes)
    process.stderr.write(`${formatSize(left.bytes)} are kept, more than --max-size: nothing else may go\n`);
  return exitCode.ok;
}

/** Without a policy every run keeps its results, and the index is not asked. */
async function collectKeeping(
  options: GcOptions,
  policy: KeepPolicy | undefined,
  maxBytes: number | undefined,
  how: { readonly graceMs: number; readonly dryRun: boolean },
): Promise<Collected> {
  if (policy === undefined)
    return await collect({ layout: layoutOf(options.runsDir), keep: { dropped: new Set() }, ...how });
  return await reading(options, async (index, layout) => {
    const attempts = await keptAttempts(index, policy, Date.now());
    return await collect({ layout, keep: { ...attempts, ...(maxBytes === undefined ? {} : { maxBytes }) }, ...how });
  });
}

function policyOf(options: GcOptions): { policy: KeepPolicy | undefined; maxBytes: number | undefined } {
  const { keepLast, keepBest, metric, youngerThan, maxSize } = options;
  if ((keepBest === undefined) !== (metric === undefined))
    throw new UserError('--keep-best and --metric go together', 'retrial gc --keep-best 3 --metric evaluate.loss');
  const youngerThanMs = youngerThan === undefined ? undefined : quantity(youngerThan, durationMs, '30d or 12h');
  const maxBytes = maxSize === undefined ? undefined : quantity(maxSize, sizeBytes, '10GiB or 500MB');
  const policy: KeepPolicy = {
    ...(keepLast === undefined ? {} : { last: keepLast }),
    ...(keepBest === undefined || metric === undefined ? {} : { best: { count: keepBest, metric } }),
    ...(youngerThanMs === undefined ? {} : { youngerThanMs }),
  };
  const isAsked = Object.keys(policy).length > 0 || maxBytes !== undefined;
  return { policy: isAsked ? policy : undefined, maxBytes };
}

function quantity(text: string, parse: (text: string) => number, example: string): number {
  try {
    return parse(text);
  } catch {
    throw new UserError(`"${text}" is no quantity`, `such as ${example}`);
  }
}
