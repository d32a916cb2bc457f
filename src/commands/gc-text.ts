/** What `retrial gc` says: what went, by kind, and what stays, by its reason. */
import { formatSize } from '../logging/format.ts';
import type { Kept, Removed } from '../store/collect.ts';

const reasons: Readonly<Record<Kept['why'], string>> = {
  pinned: 'pinned',
  tagged: 'tagged',
  running: 'of attempts that run',
  best: '--keep-best',
  last: '--keep-last',
  younger: '--younger-than',
  'pointed-at': 'runs point at them',
  'in-use': 'used by a running process',
  recent: 'made or used within a day',
  claimed: 'being made again',
  room: 'within --max-size',
};

const shownEach = 20;

export function gcText(removed: readonly Removed[], kept: readonly Kept[], dryRun: boolean): string[] {
  const gone = groups(removed, ({ kind }) => kind).flatMap(([kind, some]) => {
    const shown = some.slice(0, shownEach).map(({ path, bytes }) => `  ${path}  ${formatSize(bytes)}`);
    const more = some.length > shownEach ? [`  and ${some.length - shownEach} more`] : [];
    return [`${some.length} × ${kind}`, ...shown, ...more];
  });
  const stays = groups(kept, ({ why }) => reasons[why]).map(
    ([reason, some]) => `  ${some.length} × ${reason}  ${formatSize(bytesOf(some))}`,
  );
  const word = dryRun ? 'would free' : 'freed';
  return [
    ...gone,
    `${word} ${formatSize(bytesOf(removed))}; ${kept.length} results stay, ${formatSize(bytesOf(kept))}`,
    ...stays,
  ];
}

export function bytesOf(things: readonly { readonly bytes: number }[]): number {
  return things.reduce((sum, { bytes }) => sum + bytes, 0);
}

function groups<Thing>(things: readonly Thing[], nameOf: (thing: Thing) => string): [string, Thing[]][] {
  const found = new Map<string, Thing[]>();
  for (const thing of things) {
    const group = found.get(nameOf(thing)) ?? [];
    group.push(thing);
    found.set(nameOf(thing), group);
  }
  return [...found];
}
