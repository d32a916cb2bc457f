/** The pure JavaScript backend: slow and plain, so right for checking mathematics on networks of a few numbers. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

export async function openCpu(): Promise<void> {
  // Keeps its advice to install the native backend out of the tests' output.
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
  await tf.ready();
}

/** The values of all variables, one after the other. */
export function snapshot(variables: readonly tf.Tensor[]): number[] {
  return variables.flatMap((variable) => Array.from(variable.dataSync()));
}

/** Central difference of `loss` in one value of a variable, which is put back. */
export function finiteDifference(variable: tf.Variable, index: number, loss: () => number, step = 1e-2): number {
  const values = variable.dataSync().slice();
  const at = (offset: number) => {
    const moved = values.slice();
    moved[index] = (moved[index] as number) + offset;
    tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)));
    return loss();
  };
  const difference = (at(step) - at(-step)) / (2 * step);
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  return difference;
}
