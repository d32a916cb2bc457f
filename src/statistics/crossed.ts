/**
 * The mean of scores that vary for two reasons, as every unit (user, question) is measured in every replicate (seed): what
 * other seeds and other users would give. Two-way random effects without repetition; the variance of the mean from the mean
 * squares, with Satterthwaite's degrees of freedom (Biometrics Bulletin 2, 1946), as for readers × cases in Hillis
 * (Statistics in Medicine 26, 2007).
 *
 * Not a bootstrap: drawing replicates, and units within each, takes a user's ease for chance that another seed would even
 * out, and five seeds for all there are. Its 95 % hold in 80 %: test/statistics/crossed.test.ts has both.
 */
import { meanOf, standardDeviationOf } from './moments.ts';
import { type TTest, tTestOf } from './student-t.ts';

/** @param scores `[replicates][units]`, at least two of each, finite; a unit is the same one at the same place. */
export function crossedTest(scores: readonly Float64Array[]): TTest {
  const replicates = scores.length;
  const units = scores[0]?.length ?? 0;
  const ofReplicates = scores.map(meanOf);
  const ofUnits = Float64Array.from({ length: units }, (_, unit) => meanOf(scores.map((row) => row[unit] as number)));
  const mean = meanOf(ofReplicates);
  const degrees = [replicates - 1, units - 1, (replicates - 1) * (units - 1)] as const;
  // Mean squares: between replicates, between units, and of what neither explains.
  const between = units * standardDeviationOf(ofReplicates) ** 2;
  const ofUnit = replicates * standardDeviationOf(ofUnits) ** 2;
  let rest = 0;
  for (const [at, row] of scores.entries())
    for (let unit = 0; unit < units; unit++)
      rest += ((row[unit] as number) - (ofReplicates[at] as number) - (ofUnits[unit] as number) + mean) ** 2;
  rest /= degrees[2];
  // Where chance made the rest the largest of the three, none of the others is made smaller by it.
  const variance = Math.max(between + ofUnit - rest, between, ofUnit);
  const satterthwaite = variance ** 2 / (between ** 2 / degrees[0] + ofUnit ** 2 / degrees[1] + rest ** 2 / degrees[2]);
  return tTestOf(mean, Math.sqrt(variance / (replicates * units)), satterthwaite);
}
