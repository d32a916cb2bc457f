/** Which params are looked at first where they are too many for one look: those that matter most. */
import type { Column } from './columns.ts';
import type { Exploring } from './exploring.ts';
import { bestOf, fewestBest, pedAnova } from './ped-anova.ts';

/** In their own order; the first of all where too few runs say what matters. */
export function telling({ params, losses }: Exploring, most: number): readonly Column[] {
  if (params.length <= most) return params;
  const best = bestOf(losses);
  if (best.best.length < fewestBest) return params.slice(0, most);
  const ranked = params
    .map((column) => ({ column, importance: pedAnova(column, best) }))
    .sort((a, b) => b.importance - a.importance);
  const chosen = new Set(ranked.slice(0, most).map(({ column }) => column));
  return params.filter((column) => chosen.has(column));
}
