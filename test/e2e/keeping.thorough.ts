/** A store that was copied, by hand, works where it came to. */
import { cpSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keptFiles, keptProject } from '../helpers/kept-project.ts';
import { outcomes, rig } from '../helpers/rig.ts';

test('runs/ copied by cp works at once: fresh, shown, whole, and nothing is made again', async () => {
  const { project } = keptProject();
  const first = await project.run();
  await project.retrial('runs'); // with an index
  const copy = rig(keptFiles);
  cpSync(project.path('runs'), copy.path('runs'), { recursive: true, verbatimSymlinks: true });
  expect(outcomes(await copy.run())).toEqual({ make: 'fresh', score: 'fresh' });
  expect((await copy.retrial('verify')).exitCode).toBe(0);
  expect((await copy.retrial('show', first.configHash)).stdout).toContain('101');
  expect(outcomes(await copy.run('--set', 'text=b'))).toEqual({ make: 'ran', score: 'ran' });
  expect((await copy.retrial('reproduce', first.configHash)).exitCode).toBe(0);
});
