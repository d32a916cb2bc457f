/** The sentence at the end of the final runs: which is best, and from which it can be told. */
import type { Against, Finalist, Finalists } from '../record/finalists.ts';
import { formatBriefly, formatNumber } from './format.ts';
import { pText } from './verdict.ts';

const alpha = 0.05;
/** Of a longer list the table has the rest. */
const mostNamed = 3;

/** `loss=wgan orientation=item (trial 12)`. */
export function finalistName({ trial, arm }: Pick<Finalist, 'trial' | 'arm'>): string {
  const text = armText(arm);
  return text === '' ? `trial ${trial}` : `${text} (trial ${trial})`;
}

/** Params by the last part of their names, where that is one's alone; empty of a study whose best is that of all. */
export function armText(arm: Finalist['arm']): string {
  const last = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const names = Object.keys(arm);
  const isAlone = (name: string) => names.filter((other) => last(other) === last(name)).length === 1;
  return Object.entries(arm)
    .map(([name, value]) => `${isAlone(name) ? last(name) : name}=${formatBriefly(value)}`)
    .join(' ');
}

type Compared = Finalist & { readonly against: Against };

/** As programs and pages get it. */
export function withVerdict(finalists: Finalists): Finalists & { readonly verdict: string } {
  return { ...finalists, verdict: finalistsVerdict(finalists) };
}

/** Of one that was chosen as the reference: which are better and worse than it. */
export function finalistsVerdict(finalists: Finalists): string {
  const { metric, goal, rows } = finalists;
  const valued = rows.filter(({ mean }) => mean !== null);
  const reference = rows.find(({ trial }) => trial === finalists.reference);
  if (valued.length === 0) return `none of the final runs has a value of ${metric}`;
  if (goal === null) return `nothing says which values of ${metric} are better, so no final runs are compared`;
  if (reference === undefined) return `the final runs have no value of ${metric} to compare with`;
  const name = finalistName(reference);
  const rest = toCome(finalists);
  const runs = `in the final runs${rest.length === 0 ? '' : ' so far'}`;
  const value = `${metric} ${valueText(reference)}`;
  if (valued.length === 1) return [`${runs} ${name} is the only one: ${value}`, ...rest].join('; ');
  const lead = finalists.isBest ? `${runs} ${name} is best: ${value}` : `${runs}, compared with ${name}, ${value}`;
  return [lead, ...parts(finalists), ...rest].join('; ');
}

/** What may change it all. */
function toCome({ rows, without }: Finalists): string[] {
  const due = rows.reduce((sum, row) => sum + row.due, 0);
  return [
    ...(due === 0 ? [] : [`${due} of their runs ${due === 1 ? 'is' : 'are'} still to come`]),
    ...(without === 0 ? [] : [`${without} ${without === 1 ? 'other has' : 'others have'} no final run yet`]),
  ];
}

/** Those it can be told from, those it cannot, and those of which too little is known. */
function parts({ rows, goal, isBest }: Finalists): string[] {
  const compared = rows.filter((row): row is Compared => row.against !== null);
  const tested = compared.filter(({ against }) => against.holm !== null);
  const sign = goal === 'maximize' ? 1 : -1;
  const told = tested.filter(({ against }) => (against.holm ?? 1) < alpha);
  const better = told.filter(({ against }) => sign * against.difference > 0);
  const worse = told.filter(({ against }) => sign * against.difference <= 0);
  const near = tested.filter((row) => !told.includes(row)).sort((a, b) => distance(a) - distance(b));
  const untested = compared.filter(({ against }) => against.holm === null);
  const alike = untested.filter((row) => row.against.alike);
  const few = untested.filter((row) => !row.against.alike);
  const holm = tested.length > 1 ? ` after Holm over ${tested.length} comparisons` : '';
  const how = `(p < .05${holm})`;
  return [
    ...(near.length === 0 ? [] : [`it cannot be told from ${nearText(near)}`]),
    ...(isBest && better.length > 0 ? [`it is worse than ${named(better)} under the seeds that both have ${how}`] : []),
    ...(isBest && worse.length > 0
      ? [`it is better than ${allOf(worse, near.length + better.length, rows)} ${how}`]
      : []),
    ...(!isBest && better.length > 0 ? [`better than it: ${named(better)} ${how}`] : []),
    ...(!isBest && worse.length > 0 ? [`worse: ${named(worse)} ${how}`] : []),
    ...(few.length === 0 ? [] : [`too few seeds to tell it from ${named(few)}`]),
    ...(alike.length === 0
      ? []
      : [`no test without units, as the difference is the same under every seed: ${named(alike)}`]),
    ...(rows.some(({ apart }) => apart) ? [`not comparable: ${named(rows.filter(({ apart }) => apart))}`] : []),
  ];
}

const distance = ({ against }: Compared) => Math.abs(against.difference);

/** The nearest with its difference, which a reader asks for first. */
function nearText(near: readonly Compared[]): string {
  const [nearest, ...more] = near;
  if (nearest === undefined) return '';
  const { difference, interval, holm } = nearest.against;
  const within = interval === null ? '' : ` ${rangeText(interval)}`;
  const first = `${finalistName(nearest)}, which differs by ${formatNumber(difference)}${within}, ${pText(holm ?? 1)}`;
  return more.length === 0 ? first : `${first}, nor from ${named(more)}`;
}

/** `the other 16`, where these are all but those that were named before. */
function allOf(some: readonly Finalist[], before: number, rows: readonly Finalist[]): string {
  const others = rows.filter(({ mean }) => mean !== null).length - 1;
  if (some.length <= mostNamed || some.length + before < others) return named(some);
  return before === 0 ? `all ${some.length} others` : `the other ${some.length}`;
}

function named(rows: readonly Finalist[]): string {
  const names = rows.slice(0, mostNamed).map(finalistName);
  const more = rows.length - names.length;
  if (more > 0) return `${names.join(', ')} and ${more} more`;
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

function valueText({ mean, interval }: Finalist): string {
  const value = formatNumber(mean ?? Number.NaN);
  return interval === null ? value : `${value} ${rangeText(interval)}`;
}

export function rangeText(interval: readonly [number, number] | null): string {
  return interval === null ? '' : `[${interval.map((end) => formatNumber(end)).join(', ')}]`;
}
