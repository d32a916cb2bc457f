/** What Slurm did not do, for people. */
import { UserError } from '../errors.ts';
import type { SlurmFailure } from '../slurm/client.ts';

export function slurmError(failure: SlurmFailure, hint?: string): UserError {
  switch (failure.kind) {
    case 'missing-command':
      return new UserError(
        `${failure.message}: Slurm is not here`,
        'run it where sbatch is: on a login node, or load its module',
      );
    case 'unreachable':
      return new UserError(`Slurm does not answer: ${failure.message}`, hint ?? 'the same command again, later');
    case 'refused':
      return new UserError(`Slurm refuses: ${failure.message}`, withNodesInMind(failure.message, hint));
  }
}

/** After a restart Slurm knows nothing of its nodes for some seconds, and says the same as of what no node has. */
function withNodesInMind(message: string, hint: string | undefined): string | undefined {
  if (!/node configuration is not available/i.test(message)) return hint;
  const words = 'or try again, where nodes have just come up';
  return hint === undefined ? words : `${hint}; ${words}`;
}
