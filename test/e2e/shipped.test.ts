/** The shipped pipeline on real MovieLens 100K, as the README tells its user to run it. */
import { appendFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { needsRealData, skipReason } from '../helpers/real-data.ts';
import { outcomes } from '../helpers/rig.ts';
import { all, clone, twoRounds } from '../helpers/shipped.ts';

test(
  `runs, does nothing, runs what a change touches, and comes out with the same bytes again${skipReason}`,
  needsRealData,
  async () => {
    const project = clone();
    const movielens = ['-c', 'configs/movielens-100k.yaml', ...twoRounds];
    const first = await project.run('--isolated', ...movielens); // each stage finds what it declares, and needs no more
    expect(outcomes(first)).toEqual(all('ran'));
    expect(first.metrics['download.ratings']).toBe(100_000);
    expect(outcomes(await project.run(...movielens))).toEqual(all('fresh'));

    const rate = await project.run(...movielens, '--set', 'model.learning_rate=0.004', 'validate');
    expect(outcomes(rate)).toEqual({ download: 'cached', preprocess: 'cached', train: 'ran', validate: 'ran' });

    const reproduced = await project.retrial('reproduce', first.configHash, '--json');
    expect(reproduced.exitCode).toBe(0);
    expect(JSON.parse(reproduced.stdout)).toMatchObject({ verdict: 'identical', drift: [] });

    appendFileSync(project.path('stages/report.ts'), '// touched\n');
    const { report, ...others } = outcomes(await project.run(...movielens));
    expect(report).toBe('ran');
    expect(new Set(Object.values(others))).toEqual(new Set(['fresh']));
  },
);
