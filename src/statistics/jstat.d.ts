/** What is used of jStat: the package brings no types. */
declare module 'jstat' {
  export const jStat: {
    /** Regularised incomplete beta function I_x(a, b), 0 ≤ x ≤ 1. */
    ibeta(x: number, a: number, b: number): number;
    readonly studentt: {
      /** Quantile of Student's t. */
      inv(share: number, degrees: number): number;
    };
  };
}
