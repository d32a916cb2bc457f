/** The one place that loads Ajv; imported when a file is first checked, as it takes longer than the rest of a no-op. */
import { Ajv, type ValidateFunction } from 'ajv';

export function compileSchema(schema: object): ValidateFunction {
  return new Ajv({ allErrors: true, verbose: true, strict: false }).compile(schema);
}
