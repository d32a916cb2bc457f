/**
 * What the two players minimise, as functions of the discriminator's logits `[batch]`. In plain arrays: a batch is a
 * few dozen numbers, and JavaScript's own exp and log give the same bits on every backend.
 */
export const lossNames = ['vanilla', 'wgan'] as const;
/** Cross-entropy of a probability (Goodfellow et al. 2014), or the critic's mean (Arjovsky et al. 2017). */
export type LossName = (typeof lossNames)[number];

/** What the loss wants the judged vectors to be taken for. */
export type Target = 'real' | 'fake';

export interface LogitLoss {
  /** Mean over the batch. */
  readonly value: number;
  /** `[batch]`: of that mean, in each logit. */
  readonly gradient: Float32Array;
}

/**
 * vanilla: −log σ(l) for real, −log(1 − σ(l)) for fake. wgan: −l for real, l for fake, so that the sum over both halves
 * is E[D(fake)] − E[D(real)]. The generator's loss is that of its fakes with the target `real` (non-saturating).
 */
export const lossOf: Readonly<Record<LossName, (logits: Float32Array, target: Target) => LogitLoss>> = {
  vanilla(logits, target) {
    const label = target === 'real' ? 1 : 0;
    return {
      value: mean(logits, (logit) => crossEntropy(logit, label)),
      gradient: logits.map((logit) => (1 / (1 + Math.exp(-logit)) - label) / logits.length),
    };
  },
  wgan(logits, target) {
    const sign = target === 'real' ? -1 : 1;
    return { value: sign * mean(logits), gradient: logits.map(() => sign / logits.length) };
  },
};

/** Share of logits on the target's side of probability ½; exactly ½ counts as fake, as in Keras' binary accuracy. */
export function accuracyOf(logits: Float32Array, target: Target): number {
  return mean(logits, (logit) => (logit > 0 === (target === 'real') ? 1 : 0));
}

export function mean(values: Float32Array, of: (value: number) => number = (value) => value): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum / values.length;
}

/** −y log σ(l) − (1 − y) log(1 − σ(l)), without overflow for large |l|. */
function crossEntropy(logit: number, label: 0 | 1): number {
  return Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit)));
}
