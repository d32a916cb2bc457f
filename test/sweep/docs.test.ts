/** docs/sweep.md says what the schema says, and its example is one; so are the sweeps that are shipped. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { schemaReference } from '../../src/pipeline/schema-reference.ts';
import { readSweep } from '../../src/sweep/read-sweep.ts';
import { sweepSchema } from '../../src/sweep/spec-schema.ts';

const root = join(import.meta.dirname, '..', '..');
const pipelineFile = join(root, 'pipeline.yaml');
const document = readFileSync(join(root, 'docs/sweep.md'), 'utf8');

test('the reference; `npx vitest run test/sweep/docs.test.ts -u` makes it again', async () => {
  const [before = '', , after = ''] = document.split(/(?<=<!-- reference -->\n)([\s\S]*?)(?=<!-- end -->)/);
  const made = `${before}${schemaReference(sweepSchema)}${after}`;
  await expect(made).toMatchFileSnapshot(join(root, 'docs/sweep.md'));
});

test('every key is described', () => {
  expect(schemaReference(sweepSchema)).not.toMatch(/\|\s+\|$/m);
});

test('the example', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-sweep-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'example.yaml');
  writeFileSync(file, /```yaml\n([\s\S]*?)```/.exec(document)?.[1] ?? '');
  const { space, budget, replicates } = await readSweep(file, { pipelineFile });
  expect(space.map(({ name, distribution }) => `${name} ${distribution.kind}`)).toEqual([
    'model.loss categorical',
    'model.hidden int',
    'model.critic_steps categorical',
  ]);
  expect([budget.trials, replicates.length]).toEqual([12, 3]);
});

test('the example in TypeScript is one: the compiler takes it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-example-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const example = /```ts\n(import \{ createStudy[\s\S]*?)```/.exec(document)?.[1] ?? '';
  expect(example).toContain('trainOneEpoch(trial.params)');
  const given =
    'declare function trainOneEpoch(params: { rate: number; depth: number }): Promise<number>;\nexport {};\n';
  writeFileSync(join(folder, 'example.ts'), example + given);
  const compilerOptions = {
    paths: {
      retrial: [join(root, 'src/index.ts')],
      sqlite3: [join(root, 'native/node_modules/sqlite3/lib/sqlite3.d.ts')],
    },
    typeRoots: [join(root, 'node_modules/@types')],
    module: 'esnext',
    moduleResolution: 'bundler',
  };
  const config = { extends: join(root, 'tsconfig.json'), include: ['example.ts'], exclude: [], compilerOptions };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test.each(readdirSync(join(root, 'sweeps')))('sweeps/%s', async (name) => {
  expect((await readSweep(join(root, 'sweeps', name), { pipelineFile })).budget.trials).toBeGreaterThan(1);
});
