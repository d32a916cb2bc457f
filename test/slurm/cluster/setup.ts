/** A Slurm of its own for a whole run of vitest: a folder and ports of its own, gone with it however it ends. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const nodes = 4;

/** One for a test file that disturbs it: others go on with theirs. Call what it gives when the file is done. */
export async function ownCluster(memory?: Memory): Promise<() => Promise<void>> {
  return (await bringUp(memory)).down;
}

/** How what a job asked for is enforced: by the kernel, or by Slurm, which looks now and then. */
export type Memory = 'cgroup' | 'polls';

/** Whether this machine has cgroups v1 that this process may make, and no other Slurm has them. */
export function hasMemoryGroups(): boolean {
  const groups = '/sys/fs/cgroup/memory';
  const group = `${groups}/retrial-${process.pid}`;
  try {
    if (readdirSync(groups).some((name) => name.startsWith('slurm'))) return false;
    mkdirSync(group);
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}

const script = (name: string) => join(import.meta.dirname, name);

/** So many ports in a row that nobody listens at. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await Promise.all(Array.from({ length: count }, (_, at) => isFree(first + at)));
    if (free.every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const there = ['sbatch', 'slurmctld', 'munged'].every(
    (name) => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${name}`]).status === 0,
  );
  if (!there) {
    const todo = 'apt-get install -y --no-install-recommends slurm-wlm munge';
    if (process.env.CI) throw new Error(`there is no Slurm: ${todo}`);
    process.stderr.write(`all of these tests are skipped, as there is no Slurm: ${todo}\n`);
    return undefined;
  }
  return (await bringUp()).down;
}

async function bringUp(memory?: Memory): Promise<{ down(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-slurm-'));
  const env = {
    ...process.env,
    SLURM_DIR: folder,
    SLURM_PORT: String(await freePorts(nodes + 1)),
    SLURM_MEMORY: memory,
  };
  spawnSync('touch', [join(folder, '.slurm-fixture')]);
  // Reads a pipe from this process: when it closes, this has ended, by whatever, and so does the cluster.
  const guard = spawn('sh', ['-c', 'cat > /dev/null; exec "$0"', script('down.sh')], {
    ...{ env, detached: true, stdio: ['pipe', 'ignore', 'inherit'] },
  });
  const down = () =>
    new Promise<void>((resolve) => {
      guard.once('exit', () => resolve());
      guard.stdin?.end();
    });
  const up = spawnSync(script('up.sh'), [String(nodes)], { env, encoding: 'utf8' });
  if (up.status !== 0) {
    await down();
    throw new Error(`the cluster could not be brought up:\n${up.stderr}`);
  }
  process.env.SLURM_CONF = join(folder, 'slurm.conf');
  process.env.SLURM_DIR = folder;
  return { down };
}
