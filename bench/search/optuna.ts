/** Optuna, from PyPI into a folder that can be thrown away. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Optuna {
  /** The least value for each seed; kept in the folder, as the same seeds find the same. */
  bests(sampler: string, on: string, trials: number, seeds: readonly number[]): readonly number[];
  /** Milliseconds of processor time of a suggestion after each count of trials. */
  cost(sampler: string, on: string, counts: readonly number[], repeats: number): readonly number[];
  /** Fails where its functions have other values. @returns Optuna's version. */
  check(points: unknown): string;
  /** Two-sided Mann–Whitney p of each pair of samples, by SciPy. */
  pValues(pairs: readonly (readonly [readonly number[], readonly number[]])[]): readonly number[];
}

export function optunaIn(folder: string, samplers: readonly string[]): Optuna {
  const python = optunaPython(folder, samplers.includes('gp') ? ['torch'] : []);
  const run = <T>(args: readonly string[], input: unknown = null): T => {
    const program = join(import.meta.dirname, 'optuna_peer.py');
    const stdio = ['pipe', 'pipe', 'inherit'] as const;
    const env = { ...process.env, OMP_NUM_THREADS: '1' };
    const out = execFileSync(python, [program, ...args], { input: JSON.stringify(input), stdio: [...stdio], env });
    return JSON.parse(out.toString()) as T;
  };
  return {
    bests(sampler, on, trials, seeds) {
      const kept = join(folder, 'optuna', 'bests', `${sampler}-${on}-${trials}.json`);
      const known: Record<number, number> = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : {};
      const missing = seeds.filter((seed) => known[seed] === undefined);
      const found = missing.length === 0 ? [] : run<number[]>(['best', sampler, on, String(trials), missing.join(',')]);
      for (const [at, seed] of missing.entries()) known[seed] = found[at] ?? Number.NaN;
      mkdirSync(dirname(kept), { recursive: true });
      writeFileSync(kept, JSON.stringify(known));
      return seeds.map((seed) => known[seed] ?? Number.NaN);
    },
    cost: (sampler, on, counts, repeats) => run(['cost', sampler, on, counts.join(','), String(repeats)]),
    check: (points) => run(['check'], points),
    pValues: (pairs) => run(['p-values'], pairs),
  };
}

/**
 * Installs Optuna where it is missing.
 *
 * @param more further packages: PyTorch, which takes minutes, is needed by the Gaussian process alone
 * @returns its Python
 */
export function optunaPython(folder: string, more: readonly string[] = []): string {
  const python = join(folder, 'optuna', 'bin', 'python');
  const pip = (...packages: readonly string[]) =>
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: 'inherit' });
  if (!existsSync(python)) {
    mkdirSync(folder, { recursive: true });
    execFileSync('python3', ['-m', 'venv', join(folder, 'optuna')]);
    pip('optuna==5.0.*', 'cmaes', 'scipy');
  }
  if (more.length > 0) pip(...more);
  return python;
}
