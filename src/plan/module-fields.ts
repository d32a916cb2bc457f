/** What of a package.json decides how code is loaded. */
import { readFile } from 'node:fs/promises';
import { type ContentHash, hashJson } from '../hash.ts';

interface Manifest {
  readonly type?: string;
  readonly imports?: unknown;
  readonly exports?: unknown;
  readonly main?: string;
}

/** What of the project's package.json changes how a file is loaded; its other fields rerun nothing. */
export async function moduleFields(path: string): Promise<ContentHash> {
  const { type, imports } = await readManifest(path);
  return hashJson({ type: type ?? null, imports: imports ?? null });
}

/** Of another's package.json, which may be imported by name; undefined where it says nothing of it. */
export async function importedFields(path: string): Promise<ContentHash | undefined> {
  const { type, imports, exports, main } = await readManifest(path);
  const said = Object.entries({ type, imports, exports, main }).filter(([, value]) => value !== undefined);
  return said.length === 0 ? undefined : hashJson(Object.fromEntries(said));
}

async function readManifest(path: string): Promise<Manifest> {
  return JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, '')) as Manifest;
}
