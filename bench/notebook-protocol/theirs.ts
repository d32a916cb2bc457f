/** The notebook's own file under Python TensorFlow: as it stands, and with as few lines changed as it takes. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { oneThread, pythonTensorFlow } from '../python-tensorflow.ts';

export interface TheirRun {
  readonly keras: string;
  /** The cell that ended it, counted from 1; null where all ran. */
  readonly failed: { readonly cell: number; readonly error: string } | null;
  readonly warnings: readonly string[];
  /** Weights it has; those Keras calls trainable while it is trained; those that training has changed. */
  readonly discriminator: {
    readonly weights: number;
    readonly trainable: number | null;
    readonly moved: number;
  } | null;
  readonly curve: readonly { readonly step: number; readonly d_loss: number; readonly d_accuracy: number }[];
  /** By the notebook's own evaluation: `precision@5` and so on; null where it did not come to that. */
  readonly scores: Scores | null;
  readonly references: { readonly popularity: Scores; readonly random: Scores } | null;
}
type Scores = Readonly<Record<string, number>>;

export interface Arm {
  readonly name: string;
  readonly keras: 'today' | 'early' | 'two';
  /** Of notebook_peer.py. */
  readonly patches: readonly string[];
}

/** What is asked with no more changed than where the ratings are and, for other seeds, the seed. */
export const asItStands: readonly Arm[] = [
  { name: 'Keras 2', keras: 'two', patches: [] },
  { name: 'early Keras 3', keras: 'early', patches: [] },
  { name: "today's Keras 3", keras: 'today', patches: [] },
];

export const arms: readonly Arm[] = [
  { name: "today's Keras 3, as it stands: frozen", keras: 'today', patches: [] },
  { name: "today's Keras 3, trained", keras: 'today', patches: ['optimiser', 'unfreeze'] },
  { name: 'Keras 2, an Adam each', keras: 'two', patches: ['optimiser'] },
];

export interface Notebook {
  /** `until` is a text of the last cell to run. */
  run(arm: Arm, asked?: { readonly seed?: number; readonly until?: string; readonly references?: boolean }): TheirRun;
}

/** @param file the .ipynb, which is not ours to bring along. */
export function openNotebook(file: string, peers: string): Notebook {
  const ratings = resolve(process.env.RETRIAL_DATA_MIRROR ?? '', 'ml-100k/u.data');
  for (const needed of [file, ratings]) if (!existsSync(needed)) throw new Error(`${needed} is not there`);
  const python = pythonTensorFlow(peers, ['keras==3.15.*', 'pandas', 'matplotlib', 'tf_keras==2.21.*']);
  const earlyKeras = join(peers, 'keras-3.3.3');
  if (!existsSync(earlyKeras))
    execFileSync(python, ['-m', 'pip', 'install', '-q', '--no-deps', '--target', earlyKeras, 'keras==3.3.3']);
  const environments = {
    today: {},
    early: { PYTHONPATH: earlyKeras },
    two: { TF_USE_LEGACY_KERAS: '1' },
  } as const;
  return {
    run({ keras, patches }, { seed = 42, until, references = false } = {}) {
      const args = [
        ...['--notebook', file, '--ratings', ratings, '--seed', String(seed), '--patch', patches.join(',')],
        ...(until === undefined ? [] : ['--until', until]),
        ...(references ? ['--references'] : []),
      ];
      const out = execFileSync(python, [join(import.meta.dirname, 'notebook_peer.py'), ...args], {
        env: { ...process.env, ...oneThread, ...environments[keras] },
        stdio: ['ignore', 'pipe', 'pipe'],
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      });
      return JSON.parse(out.trim().split('\n').at(-1) ?? '') as TheirRun;
    },
  };
}
