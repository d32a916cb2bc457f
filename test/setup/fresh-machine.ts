/**
 * The set-up as a new user meets it, for real: clones and packed installations, with npm 11 and npm 10, with an empty
 * home, two at once, and without a compiler. Ten minutes and 4 GB in the temporary folder, so it is no part of the
 * default suite: `npm run test:setup`. It takes the last commit, not the working tree.
 */
import { type ExecFileException, execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const at = mkdtempSync(join(tmpdir(), 'retrial-fresh-'));
const npm11 = ['npx', '--yes', 'npm@11'] as const;
const npm10 = ['npx', '--yes', 'npm@10'] as const;

interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly found: string;
}

/** Nothing of this user's but how to reach the package registries. */
function environment(home: string, path = process.env.PATH): NodeJS.ProcessEnv {
  mkdirSync(join(at, home), { recursive: true });
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|XDG_|NODE_OPTIONS|RETRIAL_|VITEST)/.test(name));
  return { ...Object.fromEntries(kept), HOME: join(at, home), PATH: path };
}

/** @returns stdout; throws with all that was written where the program fails */
function run(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const done = (error: ExecFileException | null, stdout: string, stderr: string) =>
      error === null ? resolve(stdout) : reject(new Error(`${command.join(' ')}\n${stdout}\n${stderr}`));
    execFile(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 26 }, done);
  });
}

async function clone(name: string): Promise<string> {
  await run(['git', 'clone', '--quiet', root, name], at, process.env);
  return join(at, name);
}

async function doctor(folder: string, env: NodeJS.ProcessEnv, expected: 'ok' | 'warn' = 'ok'): Promise<void> {
  const installed = join(folder, 'node_modules', 'retrial');
  const command = join(existsSync(installed) ? installed : folder, 'bin', 'retrial.js');
  // Without a compiler SQLite may be missing, and the exit code say so.
  const text = await run([process.execPath, command, 'doctor', '--json'], folder, env).catch((error: Error) =>
    error.message.slice(error.message.indexOf('\n') + 1, error.message.lastIndexOf(']') + 1),
  );
  const checks = JSON.parse(text) as Check[];
  const wanted = expected === 'ok' ? ['sqlite', 'tensorflow', 'store'] : ['tensorflow'];
  for (const name of wanted) {
    const check = checks.find((one) => one.name === name);
    if (check?.state !== expected) throw new Error(`${name}: ${check?.state} ${check?.found}, expected ${expected}`);
  }
}

/** Opens TensorFlow as a stage of the installed package does. */
async function trains(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const stages = existsSync(join(folder, 'stages')) ? './stages' : './node_modules/retrial/stages';
  writeFileSync(
    join(folder, 'opens.mts'),
    `import { openTensorFlow } from '${stages}/tensorflow.ts';
     const { tf } = await openTensorFlow({ threads: 1 });
     if (tf.grad((x) => x.square().sum())(tf.tensor([3])).dataSync()[0] !== 6) process.exit(1);`,
  );
  await run([process.execPath, '--import', 'tsx', 'opens.mts'], folder, env);
}

async function installs(name: string, npm: readonly string[], home: string): Promise<string> {
  const folder = await clone(name);
  const env = environment(home);
  await run([...npm, 'ci'], folder, env);
  await doctor(folder, env);
  await trains(folder, env);
  return folder;
}

async function packed(npm: readonly string[], name: string, tarball: string): Promise<void> {
  const folder = join(at, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  const env = environment('home');
  await run([...npm, 'install', tarball], folder, env);
  await doctor(folder, env);
  await trains(folder, env);
  await run([...npm, 'install', 'yaml'], folder, env); // does not take the native packages away
  await doctor(folder, env);
}

/** Only what npm needs is on the path. */
async function withoutCompiler(): Promise<void> {
  const tools = join(at, 'tools');
  mkdirSync(tools);
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of ['node', 'npm', 'npx', 'git', 'sh', 'env']) {
    const found = folders.map((folder) => join(folder, name)).find(existsSync);
    if (found !== undefined) symlinkSync(found, join(tools, name));
  }
  const folder = await clone('no-compiler');
  const env = environment('home-no-compiler', tools);
  await run(['npm', 'ci'], folder, env);
  await doctor(folder, env, 'warn');
  await trains(folder, env);
}

/** Removes something of a clone that is set up, and has the next start or `doctor --fix` put it back. */
async function repaired(folder: string): Promise<void> {
  const env = environment('home');
  for (const part of ['native/node_modules/@tensorflow/tfjs-node/lib', 'native/node_modules', 'node_modules', 'dist']) {
    rmSync(join(folder, part), { recursive: true });
    await run(['node', 'setup/test.js', 'test/setup/packages-fit.test.ts'], folder, env);
    await doctor(folder, env);
  }
}

const scenarios: ReadonlyArray<readonly [string, () => Promise<unknown>]> = [
  ['npm 11 ci, empty home', () => installs('npm-11', npm11, 'home')],
  ['npm 10 ci, the same user', () => installs('npm-10', npm10, 'home')],
  ['parts removed, put back by npm test', () => repaired(join(at, 'npm-11'))],
  ['npm pack', () => run(['npm', 'pack', '--pack-destination', at], join(at, 'npm-11'), environment('home'))],
  ['packed, npm 11', () => packed(npm11, 'packed-11', join(at, 'retrial-0.1.0.tgz'))],
  ['packed, npm 10', () => packed(npm10, 'packed-10', join(at, 'retrial-0.1.0.tgz'))],
  ['no compiler', withoutCompiler],
  ['two at once, empty home', () => Promise.all([1, 2].map((n) => installs(`race-${n}`, npm10, 'home-race')))],
];

let failed = 0;
for (const [name, scenario] of scenarios) {
  const start = performance.now();
  const error = await scenario().then(
    () => undefined,
    (reason: Error) => reason,
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(0).padStart(4);
  console.log(`${error === undefined ? '✓' : '✗'} ${seconds} s  ${name}`);
  if (error !== undefined) console.log(error.message.replaceAll(homedir(), '~'));
  if (error !== undefined) failed++;
}
rmSync(at, { recursive: true, force: true });
console.log(`${scenarios.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
