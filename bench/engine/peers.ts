/** The other tools, from their registries into a folder that can be thrown away. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Installs what is missing; takes minutes the first time. */
export function installPeers(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (!existsSync(join(folder, 'node_modules', 'wireit'))) {
    writeFileSync(join(folder, 'package.json'), '{"name":"peers","private":true}\n');
    run('npm', 'install', '--silent', '--no-audit', '--no-fund', 'wireit@0.14', 'turbo@2');
  }
  if (!existsSync(join(folder, 'venv', 'bin', 'snakemake'))) {
    run('python3', '-m', 'venv', 'venv');
    run(join(folder, 'venv', 'bin', 'pip'), 'install', '--quiet', 'dvc==3.67.*', 'snakemake==9.*');
  }
}
