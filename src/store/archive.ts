/**
 * One file with all it takes to show, continue and reproduce some runs elsewhere: their folders, the results they point
 * at, the objects they are made from, and what the journals say of them. Names in it are those below `runs/`.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { create, type WriteEntry } from 'tar';
import type { AttemptId } from '../events.ts';
import { type FingerprintHash, short } from '../hash.ts';
import { damagedFiles } from './attempt-damage.ts';
import { objectsOfAttempt } from './attempt-objects.ts';
import { type AttemptLock, pointers } from './attempts.ts';
import { recordedLock } from './collected.ts';
import { isErrno, jsonText, readJson, syncFolder } from './files.ts';
import { removeFolder } from './folders.ts';
import type { Layout } from './layout.ts';
import { below } from './listing.ts';
import { hasObject } from './objects.ts';
import { ownedName } from './owned-names.ts';
import { outputsHold } from './published.ts';

/** manifest.json, the first entry. */
export interface ArchiveManifest {
  readonly format: 1;
  readonly archivedAt: number;
  readonly attempts: readonly AttemptId[];
  readonly studies: readonly string[];
}

export interface ArchiveRequest {
  readonly layout: Layout;
  readonly attempts: readonly AttemptId[];
  readonly studies: readonly string[];
  /** Lines of the journals that tell of some attempts; and, by name, of each study. */
  readonly linesAbout: (attempts: readonly AttemptId[]) => Promise<ArchivedLines>;
  /** Where to; it must not be there. */
  readonly file: string;
}

export interface ArchivedLines {
  readonly attempts: string;
  readonly studies: Readonly<Record<string, string>>;
}

export interface Archived {
  readonly attempts: number;
  readonly results: number;
  /** Results whose outputs were collected: of them only the lock is there to be kept. */
  readonly collected: number;
  readonly objects: number;
  /** What was damaged or missing and is not in it. */
  readonly missing: readonly string[];
}

const mostTries = 3;

/** Written beside `file` and renamed: a half archive has another name. Where something is removed meanwhile it begins anew. */
export async function archive(request: ArchiveRequest): Promise<Archived> {
  for (let tries = 1; ; tries++) {
    try {
      return await archiveOnce(request);
    } catch (error) {
      if (!isErrno(error, 'ENOENT') || tries === mostTries) throw error;
    }
  }
}

async function archiveOnce(request: ArchiveRequest): Promise<Archived> {
  const { layout, file } = request;
  const contents = await contentsOf(request);
  const aside = layout.scratch(ownedName()).folder;
  const unfinished = `${file}.${ownedName()}.tmp`;
  try {
    const written = await writeAside(aside, request, contents.attempts);
    const inAside = below(layout, aside);
    await create(
      {
        ...{ cwd: layout.runs, file: unfinished, gzip: true, portable: true, strict: true, linkCache: new NoLinks() },
        onWriteEntry: (entry) => {
          if (entry.path.startsWith(`${inAside}/`)) entry.path = entry.path.slice(inAside.length + 1);
          keepMode(entry);
        },
      },
      [...written.map((name) => `${inAside}/${name}`), ...contents.paths],
    );
    await rename(unfinished, file);
    await syncFolder(dirname(file));
    return contents.archived;
  } finally {
    await removeFolder(aside);
    await rm(unfinished, { force: true });
  }
}

/** Every name of a file has its content: a result of several names would be another's, or refused as a link. */
class NoLinks extends Map<`${number}:${number}`, string> {
  override get(): undefined {
    return undefined;
  }
}

/** tar makes every file writable where nothing is to tell of the machine: that is left to the rest of what it writes. */
function keepMode(entry: WriteEntry): void {
  if (entry.type !== 'File' || entry.stat === undefined) return;
  const unsaid = { uid: undefined, gid: undefined, atime: undefined, ctime: undefined, dev: undefined, ino: undefined };
  entry.stat = Object.assign(Object.create(entry.stat), { ...unsaid, mode: entry.stat.mode & ~0o22, nlink: undefined });
  entry.portable = false;
}

/** What is made for the archive. @returns names below the folder, the manifest first */
async function writeAside(
  folder: string,
  { studies, linesAbout }: ArchiveRequest,
  attempts: readonly AttemptId[],
): Promise<string[]> {
  const { attempts: journal, studies: studyJournals } = await linesAbout(attempts);
  const manifest: ArchiveManifest = { format: 1, archivedAt: Date.now(), attempts, studies };
  const texts = {
    'manifest.json': jsonText(manifest),
    'journal/archived.jsonl': journal,
    ...Object.fromEntries(
      Object.entries(studyJournals).map(([study, lines]) => [`studies/${study}/journal/archived.jsonl`, lines]),
    ),
  };
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return Object.keys(texts);
}

async function contentsOf({ layout, attempts, studies }: ArchiveRequest) {
  const paths = new Set<string>();
  const missing: string[] = [];
  const add = async (path: string) => {
    if (existsSync(path)) paths.add(below(layout, path));
  };
  const fingerprints = new Set<FingerprintHash>();
  const objects = new Set<string>();
  const standing: AttemptId[] = [];
  for (const id of attempts) {
    if (await isWholeAttempt(layout, id)) standing.push(id);
    else missing.push(`attempt ${short(id.configHash)}@${id.attempt}`);
  }
  for (const id of standing) {
    const run = layout.run(id.configHash);
    for (const path of [run.config, run.pipeline, run.attempt(id.attempt).folder]) await add(path);
    const lock = await readJson<AttemptLock>(run.attempt(id.attempt).lock);
    for (const [, { fingerprint }] of pointers(lock)) fingerprints.add(fingerprint);
    for (const hash of await objectsOfAttempt(layout, id)) {
      if (await hasObject(layout, hash)) objects.add(below(layout, layout.object(hash)));
      else missing.push(`object ${hash} of ${short(id.configHash)}@${id.attempt}`);
    }
  }
  for (const study of studies) await add(layout.study(study).spec);
  const count = { whole: 0, collected: 0, missing: 0 };
  for (const fingerprint of fingerprints) {
    const kind = await addResult(layout, fingerprint, paths);
    count[kind] += 1;
    if (kind === 'missing') missing.push(`result ${fingerprint}`);
  }
  for (const object of objects) paths.add(object);
  return {
    paths: [...paths],
    attempts: standing,
    archived: {
      attempts: standing.length,
      results: count.whole,
      collected: count.collected,
      objects: objects.size,
      missing,
    },
  };
}

/** One of which a file is not what it left would be refused where it is restored. */
async function isWholeAttempt(layout: Layout, id: AttemptId): Promise<boolean> {
  return (
    existsSync(layout.run(id.configHash).attempt(id.attempt).folder) && (await damagedFiles(layout, id)).length === 0
  );
}

async function addResult(layout: Layout, fingerprint: FingerprintHash, paths: Set<string>) {
  const lock = await recordedLock(layout, fingerprint);
  const files = layout.stage(fingerprint);
  if (lock === undefined) return 'missing';
  if (!existsSync(files.lock)) {
    paths.add(below(layout, layout.collected(fingerprint)));
    return 'collected';
  }
  if (!(await outputsHold(layout, lock))) return 'missing';
  for (const path of [files.lock, files.log, files.series, files.outs])
    if (existsSync(path)) paths.add(below(layout, path));
  return 'whole';
}
