/** Objects that no attempt is made from. They stay while anyone runs: an attempt that begins may need any of them. */
import { stat } from 'node:fs/promises';
import type { ContentHash } from '../hash.ts';
import { objectsOfAttempt } from './attempt-objects.ts';
import { attemptNumbers } from './attempts.ts';
import type { CollectRequest } from './collect.ts';
import { whoUses } from './in-use.ts';
import { configHashes } from './latest.ts';
import type { Layout } from './layout.ts';
import { below, objectHashes } from './listing.ts';
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

async function referencedObjects(layout: Layout): Promise<Set<ContentHash>> {
  const referenced = new Set<ContentHash>();
  for (const configHash of await configHashes(layout))
    for (const attempt of await attemptNumbers(layout, configHash))
      for (const hash of await objectsOfAttempt(layout, { configHash, attempt })) referenced.add(hash);
  return referenced;
}
