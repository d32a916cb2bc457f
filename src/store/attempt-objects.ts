/** Which objects an attempt can be rebuilt from: what gc keeps, an archive holds, and verify looks for. */
import type { AttemptId } from '../events.ts';
import type { ContentHash } from '../hash.ts';
import { readJson } from './files.ts';
import type { Layout } from './layout.ts';
import { hasObject, ObjectError, readObject } from './objects.ts';

/** inputs.json as far as it names objects; a damaged one names what it can. */
interface NamedObjects {
  readonly pipeline?: ContentHash;
  readonly files?: Readonly<Record<string, ContentHash>>;
  readonly dependencies?: Readonly<Record<string, KeptObject>>;
}
interface KeptObject {
  readonly kept?: boolean;
  readonly kind?: string;
  readonly hash?: ContentHash;
  readonly executable?: boolean;
}
interface NamedDiff {
  /** A diff too large to be kept has a word in the place of its hash. */
  readonly git?: { readonly diff?: ContentHash | 'too-large' } | null;
}

/** Each once; those of a kept folder, or of a file that may be executed, are the list of its files, and the files. */
export async function objectsOfAttempt(layout: Layout, { configHash, attempt }: AttemptId): Promise<Set<ContentHash>> {
  const files = layout.run(configHash).attempt(attempt);
  const inputs = (await readJson<NamedObjects>(files.inputs)) ?? {};
  const environment = (await readJson<NamedDiff>(files.environment)) ?? {};
  const hashes = new Set<ContentHash>(Object.values(inputs.files ?? {}));
  if (inputs.pipeline !== undefined) hashes.add(inputs.pipeline);
  const diff = environment.git?.diff;
  if (diff !== undefined && diff !== 'too-large') hashes.add(diff);
  for (const { kept, kind, hash, executable } of Object.values(inputs.dependencies ?? {})) {
    if (kept !== true || hash === undefined) continue;
    hashes.add(hash);
    if (kind === 'folder' || executable === true) for (const file of await listedFiles(layout, hash)) hashes.add(file);
  }
  return hashes;
}

/** A folder's hash is that of an object which lists its files. One that is damaged is for others to tell. */
async function listedFiles(layout: Layout, folder: ContentHash): Promise<ContentHash[]> {
  if (!(await hasObject(layout, folder))) return [];
  try {
    const list = JSON.parse((await readObject(layout, folder)).toString('utf8')) as [string, ContentHash][];
    return list.filter(([path]) => !path.endsWith('/')).map(([, hash]) => hash);
  } catch (error) {
    if (error instanceof ObjectError || error instanceof SyntaxError) return [];
    throw error;
  }
}
