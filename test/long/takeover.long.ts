/** The takeover of test/store/takeover.test.ts by the command itself, whose leases are those its users have. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { hasNamespaces, inNamespace, namespaceSkipReason, pidOutside } from '../helpers/pid-namespace.ts';
import { type Rig, type RunJson, rig, until } from '../helpers/rig.ts';

const command = join(import.meta.dirname, '..', '..', 'bin', 'retrial.js');

function begin(project: Rig) {
  const args = [...inNamespace.slice(1), process.execPath, command, 'run', '--json'];
  const child = spawn(inNamespace[0], args, { cwd: project.folder, stdio: ['ignore', 'pipe', 'ignore'] });
  return {
    pid: () => pidOutside(child.pid ?? 0),
    result: text(child.stdout).then((json) => JSON.parse(json) as RunJson),
  };
}

test.each([
  ['the same bytes', 'echo same', undefined],
  ['other bytes', 'cat /proc/sys/kernel/random/uuid', ['out']],
])(
  `a frozen engine that wakes after takeover publishes nothing twice: %s${namespaceSkipReason}`,
  {
    skip: !hasNamespaces,
    timeout: 300_000,
  },
  async (_what, write, differing) => {
    const project = rig({
      'pipeline.yaml': `version: 1
stages:
  make: { cmd: "echo ran >> $PWD/ran.txt; until [ -e $PWD/go ]; do sleep 0.1; done; ${write} > \${outs.out}", outs: { out: out.txt } }
`,
    });
    const ran = () => project.read('ran.txt').trim().split('\n').length;
    project.write({ 'ran.txt': '' });
    const first = begin(project);
    await until('the first one runs the stage', () => project.read('ran.txt') !== '', 60_000);
    const frozen = await first.pid();
    process.kill(frozen, 'SIGSTOP');
    const second = begin(project);
    await until('the second one takes over', () => ran() === 2, 120_000);
    project.write({ go: '' });
    const after = await second.result;
    expect(after.stages[0]?.outcome).toBe('ran');
    process.kill(frozen, 'SIGCONT');
    const woken = await first.result;
    expect(woken.status).toBe('complete');
    const results = readdirSync(project.path('runs/stages')).filter((name) => name !== '.tmp');
    expect(results).toEqual([after.stages[0]?.fingerprint]);
    expect((await project.retrial('verify')).exitCode).toBe(0);
    const shown = JSON.parse(
      (await project.retrial('query', 'SELECT differing FROM attempt_stages WHERE differing IS NOT NULL', '--json'))
        .stdout,
    ) as { differing: string }[];
    expect(shown.flatMap((row) => JSON.parse(row.differing) as string[])).toEqual(differing ?? []);
    expect((await project.run()).stages[0]?.outcome).toBe('fresh');
  },
);
