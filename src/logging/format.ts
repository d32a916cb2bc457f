/** How values, times and failures read in a terminal. */
import { stripVTControlCharacters } from 'node:util';
import { type Failure, type JobEnd, unreachable, whatToRaise } from '../errors.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { briefNumber, digitsToTell, exactNumber, formatDuration, formatSize } from './numbers.ts';

export { formatDuration, formatNumber, formatSize } from './numbers.ts';

/** Text as it is, on one line; all else as JSON. */
export function formatValue(value: JsonValue): string {
  if (typeof value === 'number') return exactNumber(value);
  return typeof value === 'string' ? oneLine(value) : oneLine(JSON.stringify(value));
}

/** As {@link formatValue}, but of a number of more than six significant digits four, or as many as are asked for. */
export function formatBriefly(value: JsonValue, digits?: number): string {
  return typeof value === 'number' ? briefNumber(value, digits) : formatValue(value);
}

/** One column of values, as brief as they can be without two that differ looking the same. */
export function briefColumn(values: readonly JsonValue[]): (value: JsonValue) => string {
  const digits = digitsToTell(values.filter((value) => typeof value === 'number'));
  return (value) => formatBriefly(value, digits);
}

/** `1 worker`, `2 workers`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** On one line, with nothing in it that a terminal would obey. */
export function oneLine(text: string): string {
  return visible(text.replaceAll(/\s+/gu, ' '));
}

/** Without escape sequences; tabs as spaces, and what else is no printable character made visible. */
export function visible(text: string): string {
  const plain = stripVTControlCharacters(text).replaceAll('\t', '  ').replace(/\r$/, '');
  return plain.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
}

/** `just now`, `5 min ago`, `3 h ago`, then the local date and time. */
export function formatAgo(at: number, now = Date.now()): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes >= 0 && minutes < 1) return 'just now';
  if (minutes >= 0 && minutes < 60) return `${minutes} min ago`;
  if (minutes >= 0 && minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return formatTime(at);
}

const padded = (n: number) => String(n).padStart(2, '0');

/** Local `2026-01-31 18:05`. */
export function formatTime(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${padded(date.getMonth() + 1)}-${padded(date.getDate())}`;
  return `${day} ${padded(date.getHours())}:${padded(date.getMinutes())}`;
}

/** Why a stage has no result, as the end of a sentence: `exited with code 1`. */
export function formatFailure(failure: Failure): string {
  switch (failure.kind) {
    case 'exit':
      return `exited with code ${failure.code}`;
    case 'signal':
      return `was ended by ${failure.signal}`;
    case 'spawn':
      return `could not be started: ${refusal(failure.message)}`;
    case 'timeout':
      return `took longer than its timeout of ${formatDuration(failure.limitMs)}`;
    case 'output-missing':
      return `did not write its output "${failure.output}" (${failure.path})`;
    case 'output-invalid':
      return `wrote an output that cannot be kept, "${failure.output}": ${failure.message}`;
    case 'metrics-invalid':
      return `wrote metrics that cannot be read, "${failure.output}": ${failure.message}`;
    case 'inputs-gone':
      return `could not begin, as its inputs are gone: ${failure.paths.join(', ')}`;
    case 'inputs-changed':
      return inputsChanged(failure);
    case 'dependency-modified':
      return `wrote into its dependency "${failure.dependency}"; that result was set aside`;
    case 'dependency-failed':
      return `did not run, as ${failure.stage} has no result`;
    case 'resources':
      return lacks(failure);
    case 'store':
      return `could not be recorded: ${refusal(failure.message)}`;
    case 'pruned':
      return `was pruned at step ${failure.step}: ${failure.reason}`;
    case 'cancelled':
      return 'was cancelled';
    case 'job':
      return `${jobEnd(failure.how)} (job ${failure.job}${failure.said === undefined ? '' : `: ${oneLine(failure.said)}`})`;
    default:
      return unreachable(failure);
  }
}

function inputsChanged({ paths, back, queued }: Extract<Failure, { kind: 'inputs-changed' }>): string {
  const which = paths.join(', ');
  if (queued) return `was not begun, as what it was submitted with has changed: ${which}; run it again`;
  return back
    ? `ran while its inputs were written, though they are what they were: ${which}; what it read cannot be told. Run it again; what it writes itself is an output, or another stage's`
    : `ran while its inputs changed: ${which}; run it again`;
}

function jobEnd(how: JobEnd): string {
  switch (how) {
    case 'cancelled':
      return 'was cancelled';
    case 'time-limit':
      return "came to its job's time limit; raise its resources.time, or let it keep a checkpoint";
    case 'out-of-memory':
      return 'took more memory than its job has; raise its resources.memory';
    case 'node-failed':
      return 'lost its node';
    case 'preempted':
      return 'gave way to another job and was not put back into the queue; the same command again goes on with it';
    case 'refused':
      return 'was refused by the queue';
    case 'not-started':
      return 'could not be started by the queue';
    case 'ended':
      return 'left no word when its job ended';
    case 'gone':
      return 'left no word, and the queue knows nothing of its job';
    default:
      return unreachable(how);
  }
}

function lacks({ resource, asked, there }: Extract<Failure, { kind: 'resources' }>): string {
  if (resource === 'memory')
    return `asks for ${formatSize(asked)} of memory, and there is ${formatSize(there)} here; lower its resources.memory, or run it on a larger machine`;
  return `asks for ${asked} GPU${asked === 1 ? '' : 's'}, and there ${there === 1 ? 'is 1' : `are ${there}`} here; RETRIAL_GPUS says which there are`;
}

/** What the machine said, and what to do about it where that is not plain. */
function refusal(message: string): string {
  const raise = whatToRaise(message);
  return raise === undefined ? message : `${message} (${raise})`;
}
