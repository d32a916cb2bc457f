/**
 * A script of a stage or a test as one file of JavaScript, its packages left where they are: a process of it starts in a
 * third of the time that it takes to start tsx and translate each file. That tsx runs stages is for test/e2e/shipped.test.ts.
 */
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..', '..');
/** Within the package, because scripts find it by where they are. */
const folder = join(root, 'node_modules', '.cache', 'retrial-tests');
const made = new Map<string, Promise<string>>();

/** @returns the path of the compiled script */
export function compiled(script: string): Promise<string> {
  const source = resolve(script);
  const known = made.get(source) ?? compile(source);
  made.set(source, known);
  return known;
}

async function compile(source: string): Promise<string> {
  const target = join(folder, relative(root, source).replace(/\.ts$/, '.mjs'));
  const { outputFiles } = await build({
    ...{ entryPoints: [source], bundle: true, packages: 'external', write: false, logLevel: 'warning' },
    ...{ format: 'esm', platform: 'node', target: 'node20' },
  });
  mkdirSync(dirname(target), { recursive: true });
  linkNative();
  const whole = `${target}.${process.pid}`;
  writeFileSync(whole, outputFiles[0]?.contents ?? '');
  renameSync(whole, target); // another worker may run the one that is there
  return target;
}

/** Beside stages/, as it is in the package. */
function linkNative(): void {
  const link = join(folder, 'native');
  try {
    if (!existsSync(link)) symlinkSync(join(root, 'native'), link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another worker was faster
  }
}
