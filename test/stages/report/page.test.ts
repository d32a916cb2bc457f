import { describe, expect, test } from 'vitest';
import { drawReport, type ReportData } from '../../../stages/report/page.ts';

const model = { format: 1, seed: 3, users: 943, items: 1682, params: { name: 'cfgan', loss: 'vanilla' } } as const;
const data: ReportData = {
  model,
  history: [
    { step: 1, d_loss: 0.7, d_accuracy: 0.4, g_loss: 0.6 },
    { step: 2, d_loss: 0.6, d_accuracy: 0.6, g_loss: 0.7, 'val_ndcg@10': 0.1 },
  ],
  scores: {
    'ndcg@10': 0.2,
    'precision@10': 0.1,
    users: 900,
    popularity: { 'ndcg@10': 0.15, 'precision@10': 0.12 },
    random: { 'ndcg@10': 0.01, 'precision@10': 0.01 },
  },
  protocol: 'held-out',
};

describe('report', () => {
  test('vanilla: losses, accuracy with the line of chance, metrics beside baselines', () => {
    const page = drawReport(data);
    for (const title of ['Discriminator: loss', 'Generator: loss', 'Discriminator: accuracy', 'Validation: NDCG@10'])
      expect(page).toContain(title);
    expect(page).toMatch(/class="reference"[\s\S]*chance/);
    expect(page).toContain('<tr><th>ndcg@10</th><td class="best">0.2000</td><td>0.1500</td><td>0.0100</td></tr>');
    expect(page).toContain('<tr><th>precision@10</th><td>0.1000</td><td class="best">0.1200</td><td>0.0100</td></tr>');
    expect(page).not.toContain('Critic');
  });

  test('the cut-offs of a metric stand together; what is not better for being higher has no best', () => {
    const at = (k: number, value: number) => ({ [`ndcg@${k}`]: value, [`item_coverage@${k}`]: value });
    const scores = { ...at(5, 0.5), ...at(10, 0.6), popularity: { ...at(5, 0.1), ...at(10, 0.1) } };
    const table = drawReport({ ...data, scores }).match(/<table class="scores">[\s\S]*?<\/table>/)?.[0] ?? '';
    expect([...table.matchAll(/<tbody>|<tr><th>(.*?@.*?)<\/th>/g)].map(([all, name]) => name ?? all)).toEqual([
      ...['<tbody>', 'ndcg@5', 'ndcg@10'],
      ...['<tbody>', 'item_coverage@5', 'item_coverage@10'],
    ]);
    expect(table).toContain('<tr><th>ndcg@10</th><td class="best">0.6000</td>');
    expect(table).toContain('<tr><th>item_coverage@10</th><td>0.6000</td>');
  });

  test('wgan: the gap in place of accuracy, and why', () => {
    const page = drawReport({ ...data, history: [{ step: 1, d_loss: -0.1, critic_gap: 0.1, g_loss: 0.2 }] });
    expect(page).toContain('Critic: gap');
    expect(page).toContain('accuracy has no meaning for it');
    expect(page).not.toContain('Discriminator: accuracy');
  });

  test('leaked scores are labelled', () => {
    expect(drawReport(data)).not.toContain('class="warning"');
    expect(drawReport({ ...data, protocol: 'leaked' })).toMatch(/class="warning">Protocol: leaked/);
  });

  test('a model without steps has no charts, and says so', () => {
    const page = drawReport({ ...data, history: [] });
    expect(page).not.toContain('<svg');
    expect(page).toContain('not trained in steps');
  });

  test('is the same text for the same data, asks for nothing and runs nothing', () => {
    const page = drawReport(data);
    expect(drawReport(structuredClone(data))).toBe(page);
    expect(page).not.toMatch(/<script|<link|src=|href=|url\(|@import/);
    expect(page).toContain("default-src 'none'");
  });

  test('of the params those of the model, of others none', () => {
    const params = { name: '', rounds: 7, output: null, knn: { neighbours: 5, votes: 'own' }, ease: { l2: 9 } };
    const rows = (name: string) => {
      const page = drawReport({ ...data, model: { ...model, params: { ...params, name } } });
      return [...page.matchAll(/<tr><th>([^<]*)<\/th><td>([^<]*)<\/td><\/tr>/g)].map(
        ([, key, value]) => `${key} ${value}`,
      );
    };
    expect(rows('cfgan')).toEqual(['name cfgan', 'rounds 7', 'output null']);
    expect(rows('item-knn')).toEqual(['name item-knn', 'knn.neighbours 5', 'knn.votes own']);
    expect(rows('popularity')).toEqual(['name popularity']);
  });

  test('what comes from files is escaped', () => {
    const params = { name: '<script>alert(1)</script>', 'a<b': '"&' };
    const page = drawReport({ ...data, model: { ...model, params }, protocol: '<x>' });
    expect(page).not.toMatch(/<script|<x>|a<b/);
  });
});
