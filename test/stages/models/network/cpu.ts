/** The pure JavaScript backend: slow and plain, so right for checking mathematics on networks of a few numbers. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { setValues, type Variable, valuesOf } from '../../../../stages/models/network/variables.ts';

export async function openCpu(): Promise<void> {
  // Keeps its advice to install the native backend out of the tests' output.
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
  await tf.ready();
}

/** The values of all variables, one after the other. */
export function snapshot(variables: readonly Variable[]): number[] {
  return variables.flatMap((variable) => Array.from(valuesOf(variable)));
}

/** Central difference of `loss` in one value of a variable, which is put back. */
export function finiteDifference(variable: Variable, index: number, loss: () => number, step = 1e-2): number {
  const values = valuesOf(variable);
  const at = (offset: number) => {
    const moved = values.slice();
    moved[index] = (moved[index] as number) + offset;
    setValues(variable, moved);
    return loss();
  };
  const difference = (at(step) - at(-step)) / (2 * step);
  setValues(variable, values);
  return difference;
}
