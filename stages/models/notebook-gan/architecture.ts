/** The networks of the notebook: 467,986 and 466,433 parameters on MovieLens 100K with 10 latent numbers a user. */
import type { Architecture } from '../network/dense.ts';

/** `[users' embedding; noise]` → a score in (0, 1) for every item. */
export function generatorOf(latentDim: number, items: number): Architecture {
  return { sizes: [2 * latentDim, 128, 256, items], hidden: 'relu', output: 'sigmoid' };
}

/** `[users' embedding; item vector]` → a logit; the notebook's sigmoid is in the loss. */
export function discriminatorOf(latentDim: number, items: number): Architecture {
  return { sizes: [latentDim + items, 256, 128, 1], hidden: 'relu', output: 'linear' };
}
