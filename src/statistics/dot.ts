/** Σ a[from + k] b[start + k] over `count`, in four sums: one alone waits for each addition. */
export function dot(a: Float64Array, from: number, b: Float64Array, start: number, count: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < count; k += 4) {
    s0 += (a[from + k] as number) * (b[start + k] as number);
    s1 += (a[from + k + 1] as number) * (b[start + k + 1] as number);
    s2 += (a[from + k + 2] as number) * (b[start + k + 2] as number);
    s3 += (a[from + k + 3] as number) * (b[start + k + 3] as number);
  }
  for (; k < count; k++) s0 += (a[from + k] as number) * (b[start + k] as number);
  return s0 + s1 + (s2 + s3);
}
