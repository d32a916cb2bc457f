/**
 * One file with all it takes to show, continue and reproduce some runs elsewhere: their folders, the results they point
 * at, the objects they are made from, and what the journals say of them. Names in it are those below `runs/`.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import type { AttemptId } from '../events.ts';
import { type FingerprintHash, short } from '../hash.ts';
import { objectsOfAttempt } from './attempt-objects.ts';
import { type AttemptLock, pointers } from './attempts.ts';
import { recordedLock } from './collected.ts';
import { jsonText, readJson, syncFolder } from './files.ts';
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
  /** Lines of a journal that tell of these attempts; and of each study. */
  readonly journal: string;
  readonly studyJournals: Readonly<Record<string, string>>;
  /** Where to; it must not be there. */
  readonly file: string;
}

export interface Archived {
  readonly results: number;
  /** Results whose outputs were collected: of them only the lock is there to be kept. */
  readonly collected: number;
  readonly objects: number;
  /** What was damaged or missing and is not in it. */
  readonly missing: readonly string[];
}

/** Written beside `file` and renamed: a half archive has another name. */
export async function archive(request: ArchiveRequest): Promise<Archived> {
  const { layout, file } = request;
  const contents = await contentsOf(request);
  const aside = layout.scratch(ownedName()).folder;
  const unfinished = `${file}.${ownedName()}.tmp`;
  try {
    const written = await writeAside(aside, request);
    const inAside = below(layout, aside);
    await create(
      {
        ...{ cwd: layout.runs, file: unfinished, gzip: true, portable: true, strict: true },
        onWriteEntry: (entry) => {
          if (entry.path.startsWith(`${inAside}/`)) entry.path = entry.path.slice(inAside.length + 1);
        },
      },
      [...written.map((name) => `${inAside}/${name}`), ...contents.paths],
    );
    await rename(unfinished, file);
    await syncFolder(dirname(file));
    return contents.archived;
  } finally {
    await rm(aside, { recursive: true, force: true });
    await rm(unfinished, { force: true });
  }
}

/** What is made for the archive. @returns names below the folder, the manifest first */
async function writeAside(folder: string, request: ArchiveRequest): Promise<string[]> {
  const { attempts, studies, journal, studyJournals } = request;
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
  for (const id of attempts) {
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
    archived: { results: count.whole, collected: count.collected, objects: objects.size, missing },
  };
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
