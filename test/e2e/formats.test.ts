/** A `runs/` folder that a released Retrial wrote stays readable, and its results stay results. */
import { cpSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { outcomes, rig } from '../helpers/rig.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures');
const released = readdirSync(fixtures).filter((name) => name.startsWith('store-'));

describe.each(released)('%s', (name) => {
  test('is listed, shown, compared, run as fresh, reproduced and verified', async () => {
    const project = rig({});
    cpSync(join(fixtures, name), project.folder, { recursive: true });
    renameSync(project.path('store'), project.path('runs'));
    const runs = JSON.parse((await project.retrial('runs', '--json')).stdout);
    expect(runs).toHaveLength(4);
    expect(runs.find(({ tags }: { tags: string[] }) => tags.includes('first'))).toMatchObject({
      ...{ status: 'complete', note: 'the first', metrics: { 'sum.sum': 10, 'sum.loss': 0.5 } },
    });
    expect(outcomes(await project.run())).toEqual({ make: 'fresh', sum: 'fresh' });
    expect(outcomes(await project.run('--set', 'seed=4'))).toEqual({ make: 'fresh', sum: 'fresh' });
    const commands = [
      ['show', runs[0].configHash],
      ['compare', '-o', 'page.html'],
      ['status', '--why', '--set', 'seed=9'],
      ['diff', runs[0].configHash, runs[1].configHash],
      ['reproduce', runs[0].configHash],
      ['sweep', 'sweep.yaml'],
      ['verify'],
    ];
    for (const args of commands) expect(await project.retrial(...args), args.join(' ')).toMatchObject({ exitCode: 0 });
  });
});
