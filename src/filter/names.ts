/** What a name in a filter is the name of. */
import { nearest } from '../pipeline/suggest.ts';
import { fieldNames, isField } from './row.ts';

export interface FilterNames {
  /** Full names, dotted: `model.loss`. */
  readonly params: readonly string[];
  /** Full names: `evaluate.ndcg@10`. */
  readonly metrics: readonly string[];
}

export interface Named {
  readonly kind: 'field' | 'param' | 'metric';
  readonly name: string;
}

/** A name of nothing, or of several things. */
export interface Unresolved {
  readonly unknown: string;
  readonly isAmbiguous?: true;
  readonly hint?: string;
}

export type Resolved = Named | Unresolved;

/**
 * A field of the run, a full name, or the last parts of one where they are one name's alone. `params.` and `metrics.` in
 * front say which is meant, also of a param that is called like a field.
 */
export function resolve(typed: string, names: FilterNames): Resolved {
  if (isField(typed)) return { kind: 'field', name: typed };
  const all = [...named('param', names.params), ...named('metric', names.metrics)];
  const [space, rest] = [typed.slice(0, typed.indexOf('.')), typed.slice(typed.indexOf('.') + 1)];
  if (space === 'params') return among(typed, rest, named('param', names.params), all);
  if (space === 'metrics') return among(typed, rest, named('metric', names.metrics), all);
  return among(typed, typed, all, all);
}

/** The same of a name in brackets, which may hold any characters: `metrics["ndcg@10"]`. */
export function resolveIn(space: 'params' | 'metrics', typed: string, names: FilterNames): Resolved {
  const candidates = space === 'params' ? named('param', names.params) : named('metric', names.metrics);
  return among(`${space}["${typed}"]`, typed, candidates, candidates);
}

/** The same where only a metric can be meant. */
export function resolveMetric(typed: string, metrics: readonly string[]): Resolved {
  const candidates = named('metric', metrics);
  return among(typed, typed, candidates, candidates);
}

function named(kind: 'param' | 'metric', names: readonly string[]): Named[] {
  return [...new Set(names)].map((name) => ({ kind, name }));
}

function among(typed: string, wanted: string, candidates: readonly Named[], all: readonly Named[]): Resolved {
  const exact = candidates.filter(({ name }) => name === wanted);
  const whole = exact.length > 0 ? exact : all.filter(({ name }) => name === typed);
  const found = whole.length > 0 ? whole : endingIn(wanted, candidates);
  const [only, ...more] = found;
  if (only === undefined) return unknown(typed, wanted, candidates);
  if (more.length === 0) return only;
  const message = `"${typed}" may be any of ${listed(found)}`;
  return { unknown: message, isAmbiguous: true, hint: 'write more of the name' };
}

/** A metric without its stage is meant before one of which that is the end: `ndcg@10` is no `validate.popularity.ndcg@10`. */
function endingIn(wanted: string, candidates: readonly Named[]): readonly Named[] {
  const ending = candidates.filter(({ name }) => name.endsWith(`.${wanted}`));
  const isMetric = ({ kind }: Named) => kind === 'metric';
  const isWhole = ({ name }: Named) => name.slice(name.indexOf('.') + 1) === wanted;
  return ending.some((one) => isMetric(one) && isWhole(one))
    ? ending.filter((one) => !isMetric(one) || isWhole(one))
    : ending;
}

function unknown(typed: string, wanted: string, candidates: readonly Named[]): Unresolved {
  const names = candidates.map(({ name }) => name);
  const short = names.map((name) => name.slice(name.lastIndexOf('.') + 1));
  const near =
    (Object.hasOwn(formerly, typed) ? formerly[typed] : undefined) ??
    nearest(wanted, [...fieldNames, ...names]) ??
    names[short.indexOf(nearest(wanted, short) ?? '')] ??
    names.find((name) => name.includes(wanted));
  const message = `no run has a param or metric "${typed}"`;
  if (near !== undefined) return { unknown: message, hint: `did you mean ${near}?` };
  return names.length === 0 ? { unknown: message } : { unknown: message, hint: `there are ${listed(candidates)}` };
}

/** Names of the record's columns and of `runs --json`. */
const formerly: Readonly<Record<string, string>> = {
  run: 'hash',
  config_hash: 'hash',
  configHash: 'hash',
  started_at: 'started',
  startedAt: 'started',
  duration_ms: 'took, in seconds',
  durationMs: 'took, in seconds',
  took_ms: 'took, in seconds',
};

const mostListed = 8;

/** As they may be typed: a param and a metric of one name by their spaces. */
function listed(found: readonly Named[]): string {
  const isTwice = (wanted: string) => found.filter(({ name }) => name === wanted).length > 1;
  const texts = found.map(({ kind, name }) => (isTwice(name) ? `${kind}s.${name}` : name));
  const more = texts.length - mostListed;
  return more > 0 ? `${texts.slice(0, mostListed).join(', ')} and ${more} more` : texts.join(', ');
}
