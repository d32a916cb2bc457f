/** Variables that every stage is given and no key holds: on record, and told where they are others. */
import { afterEach, expect, test, vi } from 'vitest';
import { rig } from '../helpers/rig.ts';

afterEach(() => vi.unstubAllEnvs());

test('another time zone and another order of letters are drift, and no sign of a stage that is not deterministic', async () => {
  const made = rig({
    'pipeline.yaml':
      'version: 1\nstages:\n  make: { cmd: \'echo "$(date -d @0 +%H) $LC_ALL" > ${outs.out}\', outs: { out: out.txt } }\n',
  });
  vi.stubEnv('TZ', 'UTC');
  vi.stubEnv('LC_ALL', 'C');
  const { configHash } = await made.run();
  const reproduced = async () => JSON.parse((await made.retrial('reproduce', configHash, '--json')).stdout);
  expect(await reproduced()).toMatchObject({ verdict: 'identical', drift: [] });
  vi.stubEnv('TZ', 'Asia/Tokyo');
  vi.stubEnv('LC_ALL', undefined);
  const { stages, drift } = await reproduced();
  expect(drift).toMatchObject([
    { kind: 'environment', change: { field: 'environment.TZ', before: 'UTC', after: 'Asia/Tokyo' } },
    { kind: 'environment', change: { field: 'environment.LC_ALL', before: 'C', after: null } },
  ]);
  expect(stages).toMatchObject([{ identical: false, sameInputs: false }]);
  expect((await made.retrial('reproduce', configHash)).stdout).toContain('what it ran on is not');
});
