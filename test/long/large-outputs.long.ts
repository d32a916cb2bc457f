/** Outputs of many files and of many bytes: right, and in memory that does not grow with them. */
import { appendFileSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outcomes, type Rig, type RunJson, rig } from '../helpers/rig.ts';
import { shell } from '../hostile/confined.ts';

const MiB = 2 ** 20;

/** Prints the largest resident set of the command and of all it started, in bytes, on a line of its own. */
const measured = `python3 -c '
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, file=open("peak", "w"))
sys.exit(code)
' "$NODE" "$RETRIAL"`;

async function run(project: Rig): Promise<{ result: RunJson; peakBytes: number }> {
  const { exitCode, stdout, stderr } = await shell(project, `${measured} run --json`);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return { result: JSON.parse(stdout) as RunJson, peakBytes: Number(project.read('peak')) };
}

const pipeline = (cmd: string) => ({
  'pipeline.yaml': `version: 1
stages:
  make: { cmd: "${cmd}", outs: { made: made } }
  look: { cmd: "ls -R \${deps.made} | wc -l > \${outs.lines}", deps: { made: "\${make.made}" }, outs: { lines: lines.txt } }
`,
});

const smallPeak = async () => (await run(rig(pipeline('mkdir ${outs.made}')))).peakBytes;

test('5 GiB in one file: hashed, known again and verified when touched, in flat memory', async () => {
  const project = rig(pipeline('truncate -s 5G ${outs.made}'));
  const least = await smallPeak();
  const first = await run(project);
  expect(outcomes(first.result)).toEqual({ make: 'ran', look: 'ran' });
  const again = await run(project);
  expect(outcomes(again.result)).toEqual({ make: 'fresh', look: 'fresh' });
  const made = join(project.path('runs/stages'), first.result.stages[0]?.fingerprint ?? '', 'outs/made');
  utimesSync(made, 1, 1);
  const touched = await run(project);
  expect(outcomes(touched.result)).toEqual({ make: 'fresh', look: 'fresh' });
  for (const { peakBytes } of [first, again, touched]) expect(peakBytes - least).toBeLessThan(150 * MiB);
  appendFileSync(made, 'x');
  expect(outcomes((await run(project)).result)).toEqual({ make: 'ran', look: 'fresh' });
});

test('100,000 files in one output: published, known again, one change among them seen', async () => {
  const project = rig({
    ...pipeline('mkdir ${outs.made} && cd ${outs.made} && seq 100000 | split -l 1 -a 4 -'),
  });
  const least = await smallPeak();
  const first = await run(project);
  expect(outcomes(first.result)).toEqual({ make: 'ran', look: 'ran' });
  const made = join(project.path('runs/stages'), first.result.stages[0]?.fingerprint ?? '', 'outs/made');
  const names = readdirSync(made);
  expect(names).toHaveLength(100_000);
  const again = await run(project);
  expect(outcomes(again.result)).toEqual({ make: 'fresh', look: 'fresh' });
  // A list of the files is held, some kilobytes each while it is made; their bytes are not.
  for (const { peakBytes } of [first, again]) expect(peakBytes - least).toBeLessThan(600 * MiB);
  const one = join(made, names[77_777] ?? '');
  writeFileSync(
    one,
    readFileSync(one, 'utf8').replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
  );
  expect(outcomes((await run(project)).result)).toEqual({ make: 'ran', look: 'fresh' });
});
