/** Python TensorFlow from PyPI, for what is held against it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Installs it into `folder` where it is missing, which takes minutes the first time, and `packages` beside it.
 *
 * @returns its Python.
 */
export function pythonTensorFlow(folder: string, packages: readonly string[] = []): string {
  const program = join(folder, 'tensorflow', 'bin', 'python');
  const install = (names: readonly string[]) =>
    execFileSync(program, ['-m', 'pip', 'install', '--quiet', ...names], { stdio: 'inherit' });
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    execFileSync('python3', ['-m', 'venv', join(folder, 'tensorflow')]);
    install(['tensorflow==2.21.*']);
  }
  if (packages.length > 0) install(packages);
  return program;
}

/** One thread, whoever is asked. */
export const oneThread = { OMP_NUM_THREADS: '1', TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' } as const;
