/**
 * What the two players minimise, as functions of the discriminator's logits `[batch]`. In plain arrays: a batch is a
 * few dozen numbers, and JavaScript's own exp and log give the same bits on every backend.
 */
export const lossNames = ['vanilla', 'wgan', 'wgan-gp'] as const;
/**
 * Cross-entropy of a probability (Goodfellow et al. 2014), or the critic's mean, its weights clipped (Arjovsky et al.
 * 2017) or its gradient held near 1 (Gulrajani et al. 2017).
 */
export type LossName = (typeof lossNames)[number];

/** What the loss wants the judged vectors to be taken for. */
export type Target = 'real' | 'fake';

export interface LogitLoss {
  /** Mean over the batch. */
  readonly value: number;
  /** `[batch]`: of that mean, in each logit. */
  readonly gradient: Float32Array;
}

type Loss = (logits: Float32Array, target: Target) => LogitLoss;

/**
 * vanilla: −log σ(l) for real, −log(1 − σ(l)) for fake. wgan and wgan-gp: −l for real, l for fake, so that the sum over
 * both halves is E[D(fake)] − E[D(real)].
 */
export const lossOf: Readonly<Record<LossName, Loss>> = {
  vanilla: crossEntropy,
  wgan: critic,
  'wgan-gp': critic,
};

export function isWasserstein(loss: LossName): boolean {
  return loss !== 'vanilla';
}

export const generatorLossNames = ['non-saturating', 'saturating'] as const;
export type GeneratorLossName = (typeof generatorLossNames)[number];

/**
 * The generator's loss of its fakes' logits: that of the target `real`, which does not saturate (the CFGAN authors'
 * code); or, of vanilla, what the paper's formula has: log(1 − σ(l)), whose gradient fades where the discriminator is
 * sure. Of a critic both are the same.
 */
export function generatorLoss(loss: LossName, form: GeneratorLossName, logits: Float32Array): LogitLoss {
  if (form === 'non-saturating' || isWasserstein(loss)) return lossOf[loss](logits, 'real');
  const { value, gradient } = lossOf[loss](logits, 'fake');
  return { value: -value, gradient: gradient.map((slope) => -slope) };
}

/** Share of logits on the target's side of probability ½; exactly ½ counts as fake, as in Keras' binary accuracy. */
export function accuracyOf(logits: Float32Array, target: Target): number {
  return mean(logits, (logit) => (logit > 0 === (target === 'real') ? 1 : 0));
}

export function mean(values: Float32Array, of: (value: number) => number = (value) => value): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum / values.length;
}

function crossEntropy(logits: Float32Array, target: Target): LogitLoss {
  const label = target === 'real' ? 1 : 0;
  return {
    // −y log σ(l) − (1 − y) log(1 − σ(l)), without overflow for large |l|.
    value: mean(logits, (logit) => Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit)))),
    gradient: logits.map((logit) => (1 / (1 + Math.exp(-logit)) - label) / logits.length),
  };
}

function critic(logits: Float32Array, target: Target): LogitLoss {
  const sign = target === 'real' ? -1 : 1;
  return { value: sign * mean(logits), gradient: logits.map(() => sign / logits.length) };
}
