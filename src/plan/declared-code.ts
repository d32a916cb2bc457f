/** The files that a stage's `code:` names, and what tracing leaves for it to name. */
import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { type Diagnostic, UserError } from '../errors.ts';
import type { Stage } from '../pipeline/types.ts';
import { installedPackage, isBelow, isFile } from './code-names.ts';
import { commandWords, readFrom, workingFolder } from './programs.ts';
import { pathInKey } from './trace.ts';
import type { Unfollowed } from './unfollowed.ts';

/** Absolute paths. Throws {@link UserError} where a pattern matches nothing. */
export async function declaredCode(stage: Stage, root: string): Promise<string[]> {
  const found = await Promise.all(
    stage.code.map(async (pattern) => {
      const files = await filesMatching(pattern, root);
      if (files.length === 0) throw new UserError([unmatched(stage, pattern)]);
      return files;
    }),
  );
  return found.flat();
}

/** A plain path needs no pattern matching, which takes a tenth of a no-op run to load. */
async function filesMatching(pattern: string, root: string): Promise<string[]> {
  if (/^[\w./-]+$/.test(pattern) && isFile(resolve(root, pattern))) return [resolve(root, pattern)];
  const { glob } = await import('tinyglobby');
  const ignore = ['runs/**', '**/__pycache__/**', '**/*.pyc']; // what was made by code is none: outputs, rebuilt projects, what Python keeps
  const found = await glob(pattern, { cwd: root, ignore, absolute: true, dot: true, expandDirectories: true });
  return found.filter(isFile); // a link may lead to a pipe, which would never end, or nowhere
}

function unmatched(stage: Stage, pattern: string): Diagnostic {
  return {
    severity: 'error',
    message: `stage ${stage.name}: no file matches code: ${pattern}`,
    hint: 'patterns are relative to the folder of pipeline.yaml',
    place: stage.place,
  };
}

/** Mistakes, unless the file itself is declared: by that the stage says that it declares what the file loads, too. */
export async function undeclaredLoads(
  stage: Stage,
  unfollowed: readonly Unfollowed[],
  declared: readonly string[],
  root: string,
): Promise<Diagnostic[]> {
  const open = unfollowed.filter(({ file }) => !declared.includes(file));
  return Promise.all(
    open.map(async ({ file, line, column, what }) => {
      const source = await readFile(file, 'utf8');
      return {
        severity: 'error' as const,
        message: `stage ${stage.name} uses ${what}: what it loads is in no key`,
        hint: `declare what it may load, and this file: code: [${JSON.stringify(pathInKey(root, file))}, …]`,
        place: { file, line, column, source },
      };
    }),
  );
}

/**
 * Files that the command runs, or names, and that are in no key: their change would go unseen.
 * @param scripts absolute paths of what other programs than Node run
 */
export function undeclaredFiles(
  stage: Stage,
  code: readonly string[],
  scripts: readonly string[],
  root: string,
): Diagnostic[] {
  const folder = workingFolder(stage, root);
  const paths = Object.values(stage.deps).flatMap((dep) => (dep.kind === 'path' ? [resolve(root, dep.path)] : []));
  const isKnown = (file: string) =>
    [file, realpathSync(file)].some((name) => code.includes(name)) ||
    paths.some((path) => path === file || !relative(path, file).startsWith('..'));
  const words = commandWords(stage).flatMap((word) => [word, word.slice(word.indexOf('=') + 1)]);
  const named = words.filter((word) => /\.\w+$/.test(word) && !word.includes('\0'));
  const shown = new Map(scripts.filter((file) => isOwn(file, root)).map((file) => [file, relative(folder, file)]));
  for (const word of named) shown.set(resolve(folder, word), word);
  const files = [...shown].filter(([file]) => isFile(file) && !isKnown(file));
  const read = readFrom(stage);
  return files.map(([file, word]) => {
    const [verb, field] = read.includes(word) ? ['reads', 'deps'] : ['runs', 'code'];
    return {
      severity: 'warning',
      message: `stage ${stage.name} ${verb} ${word}, which is not in its key: a change of it would go unseen`,
      hint: `add it to the stage: ${field}: [${JSON.stringify(pathInKey(root, file))}]`,
      place: stage.place,
    };
  });
}

/** Not a program that was installed, into node_modules or an environment of Python's. */
function isOwn(file: string, root: string): boolean {
  const real = realpathSync(file);
  if (!isBelow(real, realpathSync(root)) || installedPackage(real, root) !== undefined) return false;
  const environment = dirname(dirname(file));
  return !['pyvenv.cfg', 'conda-meta'].some((mark) => existsSync(join(environment, mark)));
}

/** The file that Node is to run is the value of a param, or the shell makes its name. */
export function unknownProgram(stage: Stage): Diagnostic {
  return {
    severity: 'warning',
    message: `stage ${stage.name} runs a file that its command does not name: what is imported by it is in no key`,
    hint: 'declare all the files it may run: code: ["models/*.ts"]',
    place: stage.place,
  };
}
