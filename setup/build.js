/** Compiles src/ to dist/: the command with its parts loaded when asked for, and the compare page's own code. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { isMain, packageFolder } from './places.js';
import { runQuietly } from './run-quietly.js';
import { say } from './say.js';

const source = join(packageFolder, 'src');
const target = join(packageFolder, 'dist');
const stamp = join(target, '.source');

/** Left to be found in node_modules: compiled packages, and those that find files beside themselves. */
const external = ['esbuild', 'sqlite3', '@tensorflow/*', 'tsx', 'playwright-core', 'tinyglobby'];

/** Compiles where the sources differ from those it was compiled from. A packed Retrial has no sources, and its dist/. */
export async function buildWhereNeeded() {
  if (!existsSync(join(source, 'cli.ts'))) return;
  const subject = sourceHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === subject) return;
  await build(subject);
}

/** @param {string} subject */
async function build(subject) {
  say('compiling src/ to dist/');
  const temporary = mkdtempSync(join(packageFolder, '.dist-'));
  try {
    await bundleCommand(temporary);
    await bundlePage(join(temporary, 'page'));
    await declareTypes(join(temporary, 'types'));
    writeFileSync(join(temporary, '.source'), subject);
    chmodSync(temporary, 0o755); // mkdtemp's are the owner's alone: whom root installs it for could not run it
    replace(temporary, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** @param {string} outdir */
async function bundleCommand(outdir) {
  const { build } = await import('esbuild');
  const entries = ['cli.ts', 'index.ts', 'stage.ts', 'store/hash-worker.js']
    .map((name) => join(source, name))
    .filter((file) => existsSync(file));
  await build({
    ...{
      entryPoints: entries,
      outdir,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
    },
    ...{ external, logLevel: 'warning', chunkNames: 'chunks/[name]-[hash]', legalComments: 'none' },
    // CommonJS packages inside an ES module ask for `require`.
    banner: {
      js: "import { createRequire as _createRequire } from 'node:module'; const require = _createRequire(import.meta.url);",
    },
  });
}

/** @param {string} outdir */
async function bundlePage(outdir) {
  const entry = join(source, 'report', 'page', 'main.ts');
  if (!existsSync(entry) || !devInstalled('echarts')) return;
  const { build } = await import('esbuild');
  await build({
    ...{ entryPoints: { page: entry }, outdir, bundle: true, format: 'iife', platform: 'browser', target: 'es2022' },
    ...{ minify: true, logLevel: 'warning', legalComments: 'none', charset: 'ascii' },
  });
}

/** Types of the public entries, where the compiler is installed. @param {string} outdir */
async function declareTypes(outdir) {
  if (!devInstalled('typescript')) return;
  const tsc = join(packageFolder, 'node_modules', 'typescript', 'bin', 'tsc');
  const entries = ['index.ts', 'stage.ts']
    .map((name) => join('src', name))
    .filter((name) => existsSync(join(packageFolder, name)));
  const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', outdir, '--ignoreConfig'];
  const modules = [
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--lib',
    'es2024',
    '--types',
    'node',
    '--skipLibCheck',
    '--allowImportingTsExtensions',
    '--rewriteRelativeImportExtensions',
  ];
  await runQuietly(process.execPath, [tsc, ...entries, ...options, ...modules], { cwd: packageFolder });
}

/** @param {string} name */
function devInstalled(name) {
  return existsSync(join(packageFolder, 'node_modules', name, 'package.json'));
}

/**
 * A process that runs from the old folder keeps its open files; one that builds at the same time puts the same there.
 * @param {string} from
 * @param {string} to
 */
function replace(from, to) {
  const old = mkdtempSync(join(packageFolder, '.dist-'));
  if (existsSync(to)) renameSync(to, join(old, 'dist'));
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(stamp)) throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** Of every file that goes in, the versions of what is bundled, and this file. */
function sourceHash() {
  const hash = createHash('sha256');
  const files = [
    ...filesBelow(source),
    join(packageFolder, 'package-lock.json'),
    join(packageFolder, 'setup', 'build.js'),
  ];
  for (const file of files)
    if (existsSync(file)) hash.update(`${relative(packageFolder, file)}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}

if (isMain(import.meta.url)) await buildWhereNeeded();
