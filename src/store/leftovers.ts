/** What processes that died left behind, and nobody will finish. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbandoned } from './claims.ts';
import type { Layout } from './layout.ts';
import { namesIn } from './listing.ts';
import { machine, ownerLives } from './owned-names.ts';
import { isOfDead } from './tickets.ts';

export interface Leftover {
  readonly kind: 'scratch' | 'claim' | 'slots';
  readonly path: string;
}

/** Where the owner cannot be judged from here, a folder that nobody has touched for so long is taken for left behind. */
const silenceMs = 7 * 24 * 60 * 60 * 1000;

export async function leftovers(layout: Layout): Promise<Leftover[]> {
  return [...(await deadScratch(layout)), ...(await deadClaims(layout)), ...(await deadSlots(layout))];
}

async function deadScratch(layout: Layout): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const name of await namesIn(layout.scratchRoot)) {
    const path = join(layout.scratchRoot, name);
    if (await isLeft(path, name)) found.push({ kind: 'scratch', path });
  }
  return found;
}

/** Of stages: those of trials are a study's record. A claim whose owner failed or let go says so, and is no leftover. */
async function deadClaims(layout: Layout): Promise<Leftover[]> {
  const claims = layout.claims('.');
  const folders = (await namesIn(claims)).filter((name) => !name.endsWith('.old')).map((name) => join(claims, name));
  const found: Leftover[] = [];
  for (const path of folders) if (await isAbandoned(path)) found.push({ kind: 'claim', path });
  return found;
}

/** Files of this machine's processes that died, and all of a machine from which nobody has been heard. */
async function deadSlots(layout: Layout): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const name of await namesIn(layout.slotsRoot)) {
    if (name === 'mutexes') continue; // whoever takes one next tidies up
    const paths = name === machine() ? await filesOfDead(layout, name) : await ifSilent(join(layout.slotsRoot, name));
    found.push(...paths.map((path): Leftover => ({ kind: 'slots', path })));
  }
  return found;
}

async function filesOfDead(layout: Layout, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const what of await namesIn(layout.slotQueue(name, '.'))) {
    const folder = layout.slotQueue(name, what);
    found.push(...(await namesIn(folder)).filter(isOfDead).map((file) => join(folder, file)));
  }
  return found;
}

async function ifSilent(folder: string): Promise<string[]> {
  return (await isSilent(folder)) ? [folder] : [];
}

/** Whether nobody writes to a folder any more, by the name of its owner ({@link ownedName}). */
export async function isLeft(folder: string, owner: string): Promise<boolean> {
  const lives = ownerLives(owner);
  return lives === 'unknown' ? await isSilent(folder) : !lives;
}

async function isSilent(folder: string): Promise<boolean> {
  let newest = 0;
  const visit = async (path: string): Promise<void> => {
    const at = await lstat(path).catch(() => undefined); // being removed
    newest = Math.max(newest, at?.mtimeMs ?? 0);
    if (at?.isDirectory()) for (const name of await namesIn(path)) await visit(join(path, name));
  };
  await visit(folder);
  return Date.now() - newest > silenceMs;
}
