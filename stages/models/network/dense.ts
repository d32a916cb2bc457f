/** Networks of dense layers: what they are made of, how they begin, and the names of their variables. */
import type { RandomStream } from '../../random-stream.ts';
import type { Activation } from './activations.ts';
import { type BatchNorm, createBatchNorm, variablesOfNorm } from './batch-norm.ts';
import { createVariable, type Variable } from './variables.ts';

/** Inputs → sums → batch normalisation, where there is one → activation → dropout, where there is one and it trains. */
export interface DenseLayer {
  /** `[inputs, outputs]` */
  readonly weights: Variable;
  /** `[outputs]` */
  readonly bias: Variable;
  readonly activation: Activation;
  readonly batchNorm: BatchNorm | undefined;
  /** Share of its outputs that are left out while it trains; 0: none. */
  readonly dropout: number;
}

export type DenseNetwork = readonly DenseLayer[];

export interface Architecture {
  /** Input, hidden layers, output: `[20, 128, 256, 1682]`. */
  readonly sizes: readonly number[];
  readonly hidden: Activation;
  readonly output: Activation;
  /** Of hidden layers. */
  readonly dropout?: number;
  readonly batchNorm?: boolean;
}

/** Values to begin a layer with: weights `[inputs, outputs]`, row-major, and bias `[outputs]`. */
export type Initialiser = (
  layer: number,
  inputs: number,
  outputs: number,
) => { readonly weights: Float32Array; readonly bias: Float32Array };

/** Weights by Glorot's uniform rule, U(±√(6 / (inputs + outputs))); biases U(±biasLimit), 0 by default. */
export function glorotUniform(random: RandomStream, biasLimit = 0): Initialiser {
  return (_layer, inputs, outputs) => {
    const limit = Math.sqrt(6 / (inputs + outputs));
    const uniform = (length: number, within: number) =>
      Float32Array.from({ length }, () => (2 * random.uniform() - 1) * within);
    return {
      weights: uniform(inputs * outputs, limit),
      bias: biasLimit === 0 ? new Float32Array(outputs) : uniform(outputs, biasLimit),
    };
  };
}

/** For a network whose values come later. */
export const zeros: Initialiser = (_layer, inputs, outputs) => ({
  weights: new Float32Array(inputs * outputs),
  bias: new Float32Array(outputs),
});

export function createNetwork(architecture: Architecture, initial: Initialiser): DenseNetwork {
  const { sizes } = architecture;
  return sizes.slice(1).map((outputs, layer): DenseLayer => {
    const inputs = sizes[layer] as number;
    const isOutput = layer === sizes.length - 2;
    const { weights, bias } = initial(layer, inputs, outputs);
    return {
      weights: createVariable(weights, [inputs, outputs]),
      bias: createVariable(bias, [outputs]),
      activation: isOutput ? architecture.output : architecture.hidden,
      batchNorm: architecture.batchNorm && !isOutput ? createBatchNorm(outputs) : undefined,
      dropout: isOutput ? 0 : (architecture.dropout ?? 0),
    };
  });
}

/** What training moves, layer by layer: the order of gradients. */
export function variablesOf(network: DenseNetwork): readonly Variable[] {
  return network.flatMap(({ weights, bias, batchNorm }) => [
    weights,
    bias,
    ...(batchNorm === undefined ? [] : [batchNorm.scale, batchNorm.shift]),
  ]);
}

/** All that a network is, by name: `0/weights`, `0/bias`, and of batch normalisation its running statistics too. */
export function namedVariables(network: DenseNetwork): Readonly<Record<string, Variable>> {
  return Object.fromEntries(
    network.flatMap(({ weights, bias, batchNorm }, layer) => [
      [`${layer}/weights`, weights],
      [`${layer}/bias`, bias],
      ...(batchNorm === undefined
        ? []
        : Object.entries(variablesOfNorm(batchNorm)).map(([name, variable]) => [`${layer}/${name}`, variable])),
    ]),
  );
}

export function parameterCount(network: DenseNetwork): number {
  return variablesOf(network).reduce((sum, { size }) => sum + size, 0);
}

export function disposeNetwork(network: DenseNetwork): void {
  for (const variable of Object.values(namedVariables(network))) variable.dispose();
}
