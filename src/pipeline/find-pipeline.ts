/** Which pipeline.yaml a command means; apart from reading it, as an answer that still stands needs no reading. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';

/** The nearest pipeline.yaml, from the folder upwards. */
export function findPipeline(from: string): string {
  for (let at = resolve(from); ; at = dirname(at)) {
    const file = join(at, 'pipeline.yaml');
    if (existsSync(file)) return file;
    if (at === dirname(at))
      throw new UserError(
        `there is no pipeline.yaml in ${resolve(from)} or above it`,
        'go to a project, or name one with -C FOLDER',
      );
  }
}
