/** The data, the network or a param is at fault, not the code: shown as one message without a stack. */
export class DataError extends Error {
  override readonly name = 'DataError';
}
