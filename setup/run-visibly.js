/** Runs a program in the user's terminal, as if it had been started there. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Ctrl+C reaches it through the terminal, and it decides how to end; this process waits for it.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, stdout?: 'inherit' | 'ignore' }} options
 * @returns {Promise<number>} its exit code, 128 + n where signal n ended it
 */
export function runVisibly(program, args, { cwd, stdout = 'inherit' }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['inherit', stdout, 'inherit'] });
    const wait = () => {};
    const pass = () => child.kill('SIGTERM');
    process.on('SIGINT', wait).on('SIGTERM', pass);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', wait).off('SIGTERM', pass);
      resolve(code ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)]);
    });
  });
}
