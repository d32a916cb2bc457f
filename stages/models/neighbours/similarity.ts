/** How alike two sets are, as the evaluation study (Ferrari Dacrema et al., "Are we really making much progress?", 2019) defines it. */
import type { ModelParams } from '../model.ts';
import { choiceParam, numberParam } from '../model-params.ts';

/**
 * @param common |a ∩ b|
 * @param own |a|, of the one whose neighbours are sought
 * @param other |b|
 */
export type Similarity = (common: number, own: number, other: number) => number;

/** Of the study: keeps a denominator above 0. */
const epsilon = 1e-6;

/** |a ∩ b| / (√|a| √|b| + shrink + 10⁻⁶). Sarwar et al. 2001, equation of 3.1.1; the shrinkage is Bell and Koren's. */
export function cosine(shrink: number): Similarity {
  return (common, own, other) => common / (Math.sqrt(own) * Math.sqrt(other) + shrink + epsilon);
}

/**
 * |a ∩ b| / (|a ∩ b| + α |a \ b| + β |b \ a| + shrink + 10⁻⁶). Tversky, Features of Similarity, 1977, ratio model:
 * α = β = 1 is Jaccard's, α = β = ½ Dice's.
 */
export function tversky(alpha: number, beta: number, shrink: number): Similarity {
  return (common, own, other) =>
    common / (common + alpha * (own - common) + beta * (other - common) + shrink + epsilon);
}

/** As `model.knn` says. */
export function similarityOf(params: ModelParams): Similarity {
  const shrink = numberParam(params, 'knn.shrink', { min: 0 });
  const alpha = numberParam(params, 'knn.tversky_alpha', { min: 0 });
  const beta = numberParam(params, 'knn.tversky_beta', { min: 0 });
  const name = choiceParam(params, 'knn.similarity', ['cosine', 'tversky']);
  return name === 'cosine' ? cosine(shrink) : tversky(alpha, beta, shrink);
}
