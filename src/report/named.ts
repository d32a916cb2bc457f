/** Names as a person types them, and filters, for everything that lists runs: what is wrong with them is told alike. */
import { UserError } from '../errors.ts';
import { type Filter, isMistake, parseFilter } from '../filter/filter.ts';
import { type FilterNames, type Named, type Resolved, resolve, resolveMetric } from '../filter/names.ts';

/** Throws UserError, with the place, for one that cannot be understood. */
export function filterOf(text: string, names: FilterNames): Filter {
  const found = parseFilter(text, names);
  if (!isMistake(found)) return found;
  const { mistake: message, hint, line, column, length } = found;
  const place = { file: '--where', line, column, length, source: text };
  throw new UserError([{ severity: 'error', message, place, ...(hint === undefined ? {} : { hint }) }]);
}

/**
 * A field of runs, a param or a metric.
 * @param option in which it was typed
 * Throws UserError for a name that nothing or several things have.
 */
export function columnNamed(option: string, typed: string, names: FilterNames): Named {
  return expectKnown(option, resolve(typed, names));
}

/** The full name of a metric. Throws UserError as {@link columnNamed} does. */
export function metricNamed(typed: string, metrics: readonly string[]): string {
  return expectKnown('--metric', resolveMetric(typed, metrics)).name;
}

function expectKnown(option: string, found: Resolved): Named {
  if ('unknown' in found) throw new UserError(`${option}: ${found.unknown}`, found.hint);
  return found;
}
