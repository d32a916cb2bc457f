/** The one place that loads Ajv, which takes longer than all the rest of a run with nothing to do: imported when needed. */
import { Ajv, type ValidateFunction } from 'ajv';

export function compileSchema(schema: object): ValidateFunction {
  // Schemas are our own, so they need no check against the schema of schemas.
  return new Ajv({ allErrors: true, verbose: true, strict: false, meta: false, validateSchema: false }).compile(schema);
}
