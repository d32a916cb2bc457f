/** Stages whose jobs would be told of their end before they begin. */
import { type Diagnostic, UserError } from '../../errors.ts';
import type { Stage } from '../../pipeline/types.ts';
import { lessAhead } from '../../slurm/mistakes.ts';
import { toldTooEarly } from '../../slurm/time-limit.ts';
import { settingsOf, type Wishes } from '../../slurm/unit-arguments.ts';

/** Throws {@link UserError}, each stage at its place where the time is its own. */
export function checkTimes(stages: readonly Stage[], wishes: Wishes): void {
  const mistakes = stages.flatMap((stage): Diagnostic[] => {
    const early = toldTooEarly(settingsOf(stage, wishes));
    if (early === undefined) return [];
    const isOwn = stage.resources.timeMs !== undefined && wishes.flags.time === undefined;
    const message = `stage "${stage.name}": ${early}`;
    return [{ severity: 'error', message, hint: lessAhead, ...(isOwn ? { place: stage.place } : {}) }];
  });
  if (mistakes.length > 0) throw new UserError(mistakes);
}
