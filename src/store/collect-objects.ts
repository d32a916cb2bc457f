/** Objects that no attempt is made from. They stay while anyone runs: an attempt that begins may need any of them. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentHash } from '../hash.ts';
import { objectsOfAttempt } from './attempt-objects.ts';
import { attemptNumbers } from './attempts.ts';
import type { CollectRequest } from './collect.ts';
import { whoUses } from './in-use.ts';
import { configHashes } from './latest.ts';
import type { Layout } from './layout.ts';
import { below, namesIn, objectHashes } from './listing.ts';
import { hasObject } from './objects.ts';
import { emptyOut, moveToTrash, restoreFromTrash, type Trashed } from './trash.ts';

/** `in-use`: none was looked at, as somebody runs. */
export type ObjectsKept = 'referenced' | 'in-use';

interface OrphanedObject {
  readonly hash: ContentHash;
  readonly path: string;
  readonly bytes: number;
}

interface ObjectsPlan {
  readonly toGo: readonly OrphanedObject[];
  readonly kept: ObjectsKept;
}

export async function planObjects({ layout, graceMs }: CollectRequest): Promise<ObjectsPlan> {
  if ((await whoUses(layout)).byAnyone) return { toGo: [], kept: 'in-use' };
  const referenced = await referencedObjects(layout);
  const toGo: OrphanedObject[] = [];
  for (const hash of await objectHashes(layout)) {
    const path = layout.object(hash);
    const at = await stat(path).catch(() => undefined);
    if (referenced.has(hash) || at === undefined || at.mtimeMs > Date.now() - graceMs) continue;
    toGo.push({ hash, path: below(layout, path), bytes: at.size });
  }
  return { toGo, kept: 'referenced' };
}

/** All go, then pointers are read again: an attempt that began meanwhile gets back what it found there. */
export async function removeObjects(layout: Layout, { toGo }: ObjectsPlan): Promise<OrphanedObject[]> {
  const moved: { object: OrphanedObject; trashed: Trashed }[] = [];
  for (const object of toGo) {
    const trashed = await moveToTrash(layout, layout.object(object.hash));
    if (trashed !== undefined) moved.push({ object, trashed });
  }
  const { byAnyone } = await whoUses(layout);
  const referenced = await referencedObjects(layout);
  const gone: OrphanedObject[] = [];
  for (const { object, trashed } of moved) {
    if (byAnyone || referenced.has(object.hash)) await restoreFromTrash(trashed);
    else {
      await emptyOut(trashed);
      gone.push(object);
    }
  }
  return gone;
}

/**
 * Out of the trash, what a collection that was killed had moved there, and had not looked at again: an attempt that began
 * in that moment may be made from it.
 */
export async function putBackNeeded(layout: Layout): Promise<void> {
  const trashed = (await namesIn(layout.trash)).filter((name) => /^[0-9a-f]{62}-[0-9a-f]{16}$/.test(name));
  if (trashed.length === 0) return;
  for (const hash of await referencedObjects(layout)) {
    if (await hasObject(layout, hash)) continue;
    const name = trashed.find((one) => one.startsWith(`${hash.slice(2)}-`));
    if (name !== undefined) await restoreFromTrash({ from: layout.object(hash), at: join(layout.trash, name) });
  }
}

async function referencedObjects(layout: Layout): Promise<Set<ContentHash>> {
  const referenced = new Set<ContentHash>();
  for (const configHash of await configHashes(layout))
    for (const attempt of await attemptNumbers(layout, configHash))
      for (const hash of await objectsOfAttempt(layout, { configHash, attempt })) referenced.add(hash);
  return referenced;
}
