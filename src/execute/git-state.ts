/** Which commit a project is at, and what in it is not committed. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface GitState {
  /** Null in a repository without a commit. */
  readonly commit: string | null;
  /** Absent where no branch is checked out. */
  readonly branch?: string;
  readonly dirty: boolean;
  /** `git diff HEAD --binary`; absent where nothing differs, `too-large` beyond {@link diffLimitBytes}. */
  readonly diff?: Buffer | 'too-large';
}

export const diffLimitBytes = 8 << 20;

/** @returns null outside a repository, or where git is not installed */
export async function gitState(root: string): Promise<GitState | null> {
  if (!isInRepository(root)) return null; // no process is started to learn that
  const [head, diff] = await Promise.all([
    git(root, 'rev-parse', 'HEAD', '--abbrev-ref', 'HEAD'),
    git(root, 'diff', 'HEAD', '--binary', '--no-ext-diff', '--no-textconv', '--no-color'),
  ]);
  if (head.kind === 'failed') return head.missing ? null : { commit: null, dirty: true };
  const at = head.kind === 'ended' ? checkedOut(head.stdout.toString()) : { commit: null };
  if (diff.kind === 'too-large') return { ...at, dirty: true, diff: 'too-large' };
  if (diff.kind === 'failed' || diff.stdout.length === 0) return { ...at, dirty: diff.kind === 'failed' };
  return { ...at, dirty: true, diff: diff.stdout };
}

/** @param said the commit, then its branch, or `HEAD` where it is of none */
function checkedOut(said: string): Pick<GitState, 'commit' | 'branch'> {
  const [commit = null, branch] = said.trim().split('\n');
  return branch === undefined || branch === 'HEAD' ? { commit } : { commit, branch };
}

function isInRepository(root: string): boolean {
  for (let at = root; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true;
    if (at === dirname(at)) return false;
  }
}

type Ended =
  | { readonly kind: 'ended'; readonly stdout: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'failed'; readonly missing: boolean };

function git(cwd: string, ...args: string[]): Promise<Ended> {
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' }; // a reader takes no lock from a person at work
  return new Promise((resolve) => {
    execFile('git', args, { cwd, env, encoding: 'buffer', maxBuffer: diffLimitBytes }, (error, stdout) => {
      if (error === null) resolve({ kind: 'ended', stdout });
      else if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') resolve({ kind: 'too-large' });
      else resolve({ kind: 'failed', missing: error.code === 'ENOENT' });
    });
  });
}
