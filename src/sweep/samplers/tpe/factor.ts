/** One axis of a Parzen estimator: what each of its kernels gives the values there. */
import type { RandomStream } from '../../../random.ts';
import type { Axis } from './axis.ts';
import { bandwidths } from './bandwidth.ts';
import { normalMass } from './normal.ts';

/** Kernel k is that of observation k; the prior is the last. */
export interface Factor {
  /** The code of a value drawn from the kernel. */
  draw(kernel: number, random: RandomStream): number;
  /** Adds the log of each kernel's density, or mass, at the code. */
  addLog(code: number, sums: Float64Array): void;
}

export function factorOf(axis: Axis, observed: Float64Array, priorWeight: number): Factor {
  return axis.choices > 0 ? choices(axis.choices, observed, priorWeight) : truncatedNormals(axis, observed);
}

/** A kernel gives each choice the prior's share of all kernels, and 1 more to the observed one; then they are scaled to 1. */
function choices(count: number, observed: Float64Array, priorWeight: number): Factor {
  const share = priorWeight / (observed.length + 1);
  const other = share / (1 + count * share);
  const [logOwn, logOther] = [Math.log((1 + share) / (1 + count * share)), Math.log(other)];
  const last = observed.length;
  return {
    draw(kernel, random) {
      const own = observed[kernel];
      return own === undefined || random.uniform() < count * other ? random.integer(0, count - 1) : own;
    },
    addLog(code, sums) {
      for (let at = 0; at < last; at++) sums[at] = (sums[at] as number) + (observed[at] === code ? logOwn : logOther);
      sums[last] = (sums[last] as number) - Math.log(count);
    },
  };
}

/** Normal distributions cut off at the ends of [0, 1]; the prior is in the middle and as wide as the range. */
function truncatedNormals(axis: Axis, observed: Float64Array): Factor {
  const means = withLast(observed, 0.5);
  const widths = withLast(bandwidths(observed), 1);
  const inside = means.map((mean, at) =>
    normalMass(-mean / (widths[at] as number), (1 - mean) / (widths[at] as number)),
  );
  const logHeights = inside.map((mass, at) => -Math.log(mass * (widths[at] as number) * Math.sqrt(2 * Math.PI)));
  const narrowness = widths.map((width) => Math.SQRT1_2 / width);

  const addDensities = (place: number, sums: Float64Array) => {
    for (let at = 0; at < sums.length; at++) {
      const away = (place - (means[at] as number)) * (narrowness[at] as number);
      sums[at] = (sums[at] as number) + (logHeights[at] as number) - away * away;
    }
  };
  const addMasses = (from: number, to: number, sums: Float64Array) => {
    for (let at = 0; at < sums.length; at++) {
      const [mean, width] = [means[at] as number, widths[at] as number];
      const mass = normalMass((from - mean) / width, (to - mean) / width) / (inside[at] as number);
      sums[at] = (sums[at] as number) + Math.log(Math.max(mass, Number.MIN_VALUE));
    }
  };
  return {
    draw(kernel, random) {
      for (;;) {
        const place = (means[kernel] as number) + (widths[kernel] as number) * random.normal();
        if (place >= 0 && place <= 1) return axis.nearest(place);
      }
    },
    addLog(code, sums) {
      const [from, to] = axis.part(code);
      if (from < to) addMasses(from, to, sums);
      else addDensities(code, sums);
    },
  };
}

/** The prior's beside those of the observations. */
export function withLast(values: Float64Array, last: number): Float64Array {
  const all = new Float64Array(values.length + 1).fill(last);
  all.set(values);
  return all;
}
