/** Which entries an archive may have: names below `runs/` that an archive is made of, and links that stay in a result. */
import { posix } from 'node:path';

const hash = '[0-9a-f]{64}';
const allowed = [
  /^manifest\.json$/,
  /^journal\/archived\.jsonl$/,
  /^studies\/[^/]+\/(study\.yaml|journal\/archived\.jsonl)$/,
  /^objects\/[0-9a-f]{2}\/[0-9a-f]{62}$/,
  new RegExp(`^collected/${hash}\\.json$`),
  new RegExp(`^stages/${hash}/(lock\\.json|log\\.txt|series\\.jsonl|outs(/.*)?)$`, 's'), // a file's name may hold a line break
  new RegExp(`^${hash}/(config\\.yaml|pipeline\\.yaml|attempts/\\d+(/[^/]+)?)$`, 's'),
];

export interface Entry {
  readonly path: string;
  readonly type: string;
  readonly linkpath?: string;
}

/** Why an entry is refused; undefined where it may be written. */
export function refusal({ path, type, linkpath = '' }: Entry): string | undefined {
  const name = path.replace(/\/$/, '');
  if (posix.isAbsolute(name) || name.split('/').some((part) => part === '..' || part === '.' || part === ''))
    return `${path}: its name leads out of the archive`;
  if (!allowed.some((form) => form.test(name))) return `${path}: nothing of this name belongs in an archive of runs`;
  switch (type) {
    case 'File':
    case 'OldFile':
    case 'Directory':
      return undefined;
    case 'SymbolicLink':
      return staysInside(name, linkpath) ? undefined : `${path}: a link that leads out of its result, to ${linkpath}`;
    default:
      return `${path}: neither a file, a folder nor a symbolic link`;
  }
}

/** A result's folder may hold links within itself. */
function staysInside(name: string, linkpath: string): boolean {
  const outs = name.match(new RegExp(`^stages/${hash}/outs/`))?.[0];
  if (outs === undefined || posix.isAbsolute(linkpath)) return false;
  return posix.normalize(posix.join(posix.dirname(name), linkpath)).startsWith(outs);
}
