/** Code in a temporary folder, and what tracing it finds. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import { plainNode, type Runner } from '../../src/plan/runner.ts';
import { traceCode } from '../../src/plan/trace.ts';

/**
 * Removed when the test has finished.
 * @param at the pipeline's folder in it
 */
export function codeProject(files: Readonly<Record<string, string>>, at = '.') {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'retrial-trace-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, at);
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
  };
  const link = (name: string, target: string) => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    symlinkSync(target, join(root, name));
  };
  /** Paths are relative to the pipeline's folder. */
  const trace = async (entry = 'main.ts', runner: Partial<Runner> = { kind: 'tsx' }) => {
    const path = join(root, entry);
    const found = await traceCode({ path, runner: { ...plainNode, ...runner } }, root, join(folder, 'memo'));
    const names = (paths: readonly string[]) => paths.map((path) => relative(root, path));
    return { ...found, files: names(found.files), manifests: names(found.manifests) };
  };
  write(files);
  return { folder, root, write, link, trace };
}

/** The text of a package.json. */
export function manifest(name: string, version: string, more: object = {}): string {
  return JSON.stringify({ name, version, main: 'index.js', ...more });
}
