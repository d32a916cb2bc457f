/** The data, the network or a param is at fault, not the code: shown as one message without a stack. */
export class DataError extends Error {
  override readonly name = 'DataError';
  /** What is at fault may be mended by itself, as a network is: trying again is no waste. */
  readonly passing: boolean;

  constructor(message: string, { passing = false } = {}) {
    super(message);
    this.passing = passing;
  }
}
