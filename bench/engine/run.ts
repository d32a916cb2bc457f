/**
 * What does the engine cost, beside its peers and beside the least it could cost?
 *
 *     npm run bench:engine [-- --peers FOLDER] [--only '5 stages'] [--repeats 9]
 *
 * Each scenario is done by Retrial and, with --peers, by DVC, Snakemake, wireit and turbo, taking turns on the same work
 * in fresh folders; the peers are installed into FOLDER where they are missing. Prints medians of wall seconds, with
 * processor seconds in brackets, and the ratio to Retrial; and Retrial's to the raw limit measured in the same run: the
 * start of Node, and for outputs the command alone and one SHA-256 pass in Node.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Command, medianOf, type Timing, timed } from './measure.ts';
import { installPeers } from './peers.ts';
import { type Phase, type Scenario, scenarios } from './scenarios.ts';
import { dvc, retrial, snakemake, type Tool, turbo, wireit } from './tools.ts';

const { values } = parseArgs({
  options: { peers: { type: 'string' }, only: { type: 'string' }, repeats: { type: 'string', default: '9' } },
});
const bare: Command = { argv: [process.execPath, '-e', '0'], cwd: tmpdir() };
const repeats = Number(values.repeats);
const peers = values.peers === undefined ? [] : peersIn(values.peers);

for (const scenario of scenarios)
  if (values.only === undefined || scenario.name.startsWith(values.only)) await bench(scenario);

function peersIn(folder: string): Tool[] {
  installPeers(folder);
  return [dvc(folder), snakemake(folder), wireit(folder), turbo(folder)];
}

async function bench(scenario: Scenario): Promise<void> {
  const tools = [retrial, ...peers.filter((tool) => scenario.tools.includes(tool.name))];
  const folders = new Map(tools.map((tool) => [tool, mkdtempSync(join(tmpdir(), 'retrial-bench-'))]));
  try {
    const times = new Map<string, Timing[]>();
    const note = (tool: string, phase: string, timing: Timing) => {
      times.set(`${tool}/${phase}`, [...(times.get(`${tool}/${phase}`) ?? []), timing]);
    };
    for (const [tool, folder] of folders) tool.write(folder, scenario.work);
    for (const [tool, timing] of coldRounds(scenario, tools)) note(tool.name, 'cold', timing);
    for (const [tool, folder] of folders) note(tool.name, 'cold', timed(tool.run(folder)));
    await sleep(2500); // a file as young as the clock's grain is hashed again by any careful tool
    for (const [tool, folder] of folders) timed(tool.run(folder));
    for (let round = 0; round < repeats; round++) {
      note('node -e 0', 'no-op', timed(bare));
      for (const [tool, folder] of folders) note(tool.name, 'no-op', timed(tool.run(folder)));
    }
    for (let round = 0; round < 3 && scenario.phases.includes('back again'); round++)
      for (const [tool, folder] of folders) {
        tool.forget(folder, scenario.work);
        note(tool.name, 'back again', timed(tool.run(folder)));
      }
    for (const phase of scenario.phases) print(scenario, phase, tools, times);
    printLimit(scenario, times);
  } finally {
    for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
  }
}

/** What takes seconds is done once, in the folder that stays; what is quick, twice more in folders of its own. */
function coldRounds({ work, phases }: Scenario, tools: readonly Tool[]): [Tool, Timing][] {
  if (!phases.includes('cold')) return [];
  const slow = new Set<Tool>();
  return [1, 2].flatMap(() =>
    tools.flatMap((tool): [Tool, Timing][] => {
      if (slow.has(tool)) return [];
      const folder = mkdtempSync(join(tmpdir(), 'retrial-bench-'));
      try {
        tool.write(folder, work);
        const timing = timed(tool.run(folder));
        if (timing.wall > 5) slow.add(tool);
        return [[tool, timing]];
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }),
  );
}

function print(scenario: Scenario, phase: Phase, tools: readonly Tool[], times: ReadonlyMap<string, Timing[]>): void {
  const own = medianOf(times.get(`retrial/${phase}`) ?? []);
  console.log(`${scenario.name}, ${phase}:`);
  for (const { name } of phase === 'no-op' ? [{ name: 'node -e 0' }, ...tools] : tools) {
    const { wall, cpu } = medianOf(times.get(`${name}/${phase}`) ?? []);
    const ratio = name === 'retrial' ? '' : `  ${(wall / own.wall).toFixed(2)} × retrial`;
    console.log(`  ${name.padEnd(10)} ${wall.toFixed(3)} s (${cpu.toFixed(2)})${ratio}`);
  }
}

/** For work that is one stage: what its command alone takes, and one pass of SHA-256 over what it wrote. */
function printLimit({ work, phases }: Scenario, times: ReadonlyMap<string, Timing[]>): void {
  const [stage] = work.stages;
  if (stage === undefined || work.stages.length > 1 || !phases.includes('cold')) return;
  const folder = mkdtempSync(join(tmpdir(), 'retrial-bench-'));
  try {
    const out = join(folder, 'out');
    if (stage.folder === true) execFileSync('mkdir', [out]);
    const command = medianOf(
      [1, 2, 3].map(() => timed({ argv: ['sh', '-c', stage.line.replaceAll('$OUT', out)], cwd: folder })),
    );
    const sha256 = { argv: [process.execPath, join(import.meta.dirname, 'sha256.js'), out], cwd: folder };
    const pass = medianOf([1, 2, 3].map(() => timed(sha256)));
    const own = medianOf(times.get('retrial/cold') ?? []);
    const raw = command.wall + pass.wall;
    console.log(
      `  raw limit: the command ${command.wall.toFixed(2)} s + one SHA-256 pass ${pass.wall.toFixed(2)} s; retrial cold is ${(own.wall / raw).toFixed(2)} × that`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
