/** Which charts a training makes. */
import type { HistoryPoint } from '../history.ts';
import type { Line, LineChart } from './line-chart.ts';

/** None for a model without steps. */
export function chartsOf(history: readonly HistoryPoint[]): LineChart[] {
  const lines = (series: Readonly<Record<string, string>>) =>
    Object.entries(series).flatMap(([name, label]) => lineOf(history, name, label));
  const critic = lines({ critic_gap: 'E[D(real)] − E[D(fake)]' });
  const charts: LineChart[] = [
    {
      title: critic.length > 0 ? 'Critic: loss' : 'Discriminator: loss',
      lines: lines({ d_loss: 'D loss', d_penalty: 'gradient penalty' }),
    },
    { title: 'Generator: loss', lines: lines({ g_loss: 'G loss', g_penalty: 'of it zero reconstruction' }) },
    {
      title: 'Discriminator: accuracy',
      lines: lines({ d_accuracy: 'real and fake told apart' }),
      reference: { value: 0.5, label: 'chance' },
    },
    {
      title: 'Critic: gap',
      lines: critic,
      reference: { value: 0, label: 'no difference' },
      note:
        'Under WGAN the critic gives scores, not probabilities: accuracy has no meaning for it and is not shown. ' +
        'The gap is its estimate, in units of its own, of how far the fakes are from the real vectors.',
    },
    { title: 'Validation: NDCG@10', lines: lines({ 'val_ndcg@10': 'NDCG@10' }) },
  ];
  return charts.filter((chart) => chart.lines.length > 0);
}

/** The line, or nothing where the series has no points. */
function lineOf(history: readonly HistoryPoint[], series: string, label: string): Line[] {
  const points = history.flatMap((point) => {
    const value = point[series];
    return value === undefined ? [] : [{ step: point.step, value }];
  });
  return points.length === 0 ? [] : [{ label, points }];
}
