/** Stochastic gradient descent on BPR-Opt, a triple at a time. */
import type { BiasedFactors } from './factors.ts';
import type { Epoch } from './sampler.ts';

export interface BprRates {
  readonly learningRate: number;
  /** λ of factors, and of biases. */
  readonly l2: number;
  readonly l2Bias: number;
}

/** Moves the factors by each triple of one epoch. @returns the mean of −ln σ(x̂_uij) before each move, in nats */
export function descend(model: BiasedFactors, triples: Epoch, rates: BprRates): number {
  let loss = 0;
  let count = 0;
  triples((user, liked, other) => {
    loss += update(model, user, liked, other, rates);
    count++;
  });
  return loss / count;
}

/**
 * One step down −ln σ(x̂_uij) + λ/2 ‖Θ‖² over the parameters of the triple, x̂_uij = x̂_ui − x̂_uj (Rendle et al. 2009,
 * figure 4 and section 4.3.1).
 *
 * @returns −ln σ(x̂_uij) before the step
 */
export function update(
  { factors, users, items, bias }: BiasedFactors,
  user: number,
  liked: number,
  other: number,
  { learningRate, l2, l2Bias }: BprRates,
): number {
  const [p, q, r] = [user * factors, liked * factors, other * factors];
  let ahead = (bias[liked] as number) - (bias[other] as number);
  for (let f = 0; f < factors; f++)
    ahead += (users[p + f] as number) * ((items[q + f] as number) - (items[r + f] as number));
  const pull = 1 / (1 + Math.exp(ahead));
  for (let f = 0; f < factors; f++) {
    const [ofUser, ofLiked, ofOther] = [users[p + f] as number, items[q + f] as number, items[r + f] as number];
    users[p + f] = ofUser + learningRate * (pull * (ofLiked - ofOther) - l2 * ofUser);
    items[q + f] = ofLiked + learningRate * (pull * ofUser - l2 * ofLiked);
    items[r + f] = ofOther + learningRate * (-pull * ofUser - l2 * ofOther);
  }
  bias[liked] = (bias[liked] as number) + learningRate * (pull - l2Bias * (bias[liked] as number));
  bias[other] = (bias[other] as number) + learningRate * (-pull - l2Bias * (bias[other] as number));
  return Math.max(-ahead, 0) + Math.log1p(Math.exp(-Math.abs(ahead)));
}
