/** Makes check-pipeline.js; used by the test that keeps that file as the schema is, and by nothing that runs. */
import { Ajv } from 'ajv';
import standaloneModule from 'ajv/dist/standalone/index.js';
import { transform } from 'esbuild';

const header = `// Made by Ajv from the schema in schema.ts: npx vitest run test/pipeline/generated.test.ts -u
// @ts-nocheck: made by a program
// biome-ignore-all lint: made by a program
// biome-ignore-all format: made by a program
// biome-ignore-all assist: made by a program
`;

/** @returns an ES module whose default export tells whether a value meets the schema, and not why it does not */
export async function checkSource(schema: object): Promise<string> {
  const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, code: { source: true, esm: true } });
  const source = standaloneModule.default(ajv, ajv.compile(withoutProse(schema) as object));
  // The length of a text counts characters, by a helper; only whether it is empty matters here.
  const alone = source.replace(/require\("ajv\/dist\/runtime\/ucs2length"\)\.default/g, '((text) => text.length)');
  if (alone.includes('require(')) throw new Error('the check is not complete in itself');
  const { code } = await transform(alone, { minify: true, format: 'esm', treeShaking: true, target: 'node20' });
  return header + code;
}

/** The schema without what only people read. */
function withoutProse(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutProse);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part)
      .filter(([key, value]) => !(key === 'description' && typeof value === 'string') && key !== '$schema')
      .map(([key, value]) => [key, withoutProse(value)]),
  );
}
