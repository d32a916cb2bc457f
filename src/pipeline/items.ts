/** What `foreach` and `matrix` list: an item with a name for each instance of a stage. */
import type { Place } from '../errors.ts';
import type { Item } from './fill-in.ts';
import { flatten, isMap, paramAt } from './param-tree.ts';
import { didYouMean } from './suggest.ts';
import type { JsonValue, ParamTree } from './types.ts';
import type { JsonPath } from './yaml-file.ts';

/** A stage with `foreach` or `matrix`, as it is written. */
export interface Listing {
  readonly stage: string;
  readonly foreach?: JsonValue;
  readonly matrix?: Readonly<Record<string, JsonValue>>;
  /** Undefined where the params could not be read, which is said elsewhere. */
  readonly params: ParamTree | undefined;
  place(...path: JsonPath): Place;
  say(message: string, place: Place, hint?: string): void;
}

/** More instances than this are a slip: each is a stage, with a folder and a record. */
const mostInstances = 10_000;

/** Undefined where it cannot be told what they are; why is said. */
export function itemsOf(listing: Listing): Item[] | undefined {
  const items = listing.matrix === undefined ? foreachItems(listing) : matrixItems(listing, listing.matrix);
  const wrong = items === undefined ? undefined : nameMistake(listing, items);
  if (wrong !== undefined) listing.say(...wrong);
  return wrong === undefined ? items : undefined;
}

function nameMistake(listing: Listing, items: readonly Item[]): Parameters<Listing['say']> | undefined {
  const { stage, foreach, matrix, place } = listing;
  const at = (index: number) =>
    matrix === undefined
      ? place('foreach', Array.isArray(foreach) ? index : (items[index]?.key ?? ''))
      : place('matrix');
  const unfit = items.findIndex(({ key }) => !/^[A-Za-z0-9_-]+$/.test(key));
  if (unfit !== -1)
    return [
      `${JSON.stringify(items[unfit]?.key)} cannot be part of a stage’s name`,
      at(unfit),
      'the names of instances consist of letters, digits, _ and -; foreach: { NAME: VALUE } gives a value a name',
    ];
  const seen = new Set<string>();
  const twice = items.findIndex(({ key }) => seen.size === seen.add(key).size);
  return twice === -1 ? undefined : [`two instances are named ${stage}@${items[twice]?.key}`, at(twice)];
}

function foreachItems(listing: Listing): Item[] | undefined {
  const values = listed(listing, listing.foreach ?? null, ['foreach']);
  if (values === undefined) return undefined;
  if (!Array.isArray(values)) return Object.entries(values).map(([key, item]) => ({ item, key }));
  return values.map((item: JsonValue, index) => ({ item, key: partOf(item, String(index)) }));
}

/** Every combination, the last key fastest. */
function matrixItems(listing: Listing, matrix: Readonly<Record<string, JsonValue>>): Item[] | undefined {
  let rows: { item: Record<string, JsonValue>; parts: string[] }[] = [{ item: {}, parts: [] }];
  for (const [name, written] of Object.entries(matrix)) {
    const values = listed(listing, written, ['matrix', name]);
    if (values === undefined) return undefined;
    const choices = Array.isArray(values) ? (values as readonly JsonValue[]) : [];
    if (choices.length === 0) {
      listing.say(`matrix: ${name} must be a list`, listing.place('matrix', name));
      return undefined;
    }
    if (rows.length * choices.length > mostInstances) {
      listing.say(`matrix: this makes more than ${mostInstances} instances`, listing.place('matrix', name));
      return undefined;
    }
    rows = rows.flatMap(({ item, parts }) =>
      choices.map((value, index) => ({
        item: { ...item, [name]: value },
        parts: [...parts, partOf(value, `${name}${index}`)],
      })),
    );
  }
  return rows.map(({ item, parts }) => ({ item, key: parts.join('-') }));
}

/** The list or map itself, or the param that is named instead. */
function listed({ params, place, say }: Listing, written: JsonValue, at: JsonPath) {
  const name = typeof written === 'string' ? paramNamed(written) : undefined;
  if (name !== undefined && params === undefined) return undefined;
  const value = name === undefined ? written : paramAt(params ?? {}, name);
  const isList = Array.isArray(value) || isMap(value);
  if (value === undefined)
    say(`unknown param "${name}"`, place(...at), didYouMean(name ?? '', Object.keys(flatten(params ?? {}))).hint);
  else if (!isList) say(`the param ${name} must be a list or a map`, place(...at));
  else if (Object.keys(value).length === 0) say(`${name ?? at.join('.')} is empty: there is no instance`, place(...at));
  else if (Object.keys(value).length > mostInstances)
    say(`this makes more than ${mostInstances} instances`, place(...at));
  else return value;
  return undefined;
}

/** The param that `foreach` or a key of `matrix` names: `${params.folds}`. */
export function paramNamed(written: unknown): string | undefined {
  return typeof written === 'string' ? written.match(/^\$\{\s*params\.([^${}\s]+)\s*\}$/)?.[1] : undefined;
}

/** A plain value is its own name; a map or list has that of its place. */
function partOf(value: JsonValue, otherwise: string): string {
  return typeof value === 'object' && value !== null ? otherwise : String(value);
}
