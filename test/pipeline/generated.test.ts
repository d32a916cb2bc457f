/** Files made from the schema are as it says; `npx vitest run test/pipeline/generated.test.ts -u` makes them again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import isPipeline from '../../src/pipeline/check-pipeline.js';
import { compileSchema } from '../../src/pipeline/compile-schema.ts';
import { checkSource } from '../../src/pipeline/generate-check.ts';
import { pipelineSchema, pipelineSchemaText } from '../../src/pipeline/schema.ts';
import { schemaReference } from '../../src/pipeline/schema-reference.ts';
import { parseYaml } from '../../src/pipeline/yaml-file.ts';
import { mutated } from './mutated.ts';

const root = join(import.meta.dirname, '..', '..');

test('pipeline.schema.json, for editors', async () => {
  await expect(pipelineSchemaText()).toMatchFileSnapshot(join(root, 'pipeline.schema.json'));
});

test('check-pipeline.js, for the fast path', async () => {
  await expect(await checkSource(pipelineSchema)).toMatchFileSnapshot(join(root, 'src/pipeline/check-pipeline.js'));
});

test('the reference in docs/pipeline.md', async () => {
  const docs = readFileSync(join(root, 'docs/pipeline.md'), 'utf8');
  const [before = '', , after = ''] = docs.split(/(?<=<!-- reference -->\n)([\s\S]*?)(?=<!-- end -->)/);
  const made = `${before}${schemaReference(pipelineSchema)}${after}`;
  await expect(made).toMatchFileSnapshot(join(root, 'docs/pipeline.md'));
});

test('every key is described', () => {
  const bare: string[] = [];
  JSON.stringify(pipelineSchema, (_key, value) => {
    for (const [name, part] of Object.entries((value?.properties ?? {}) as Record<string, { description?: string }>))
      if (part.description === undefined && name !== 'properties') bare.push(name);
    return value;
  });
  expect(bare).toEqual([]);
});

test('the fast check and the one that explains agree', () => {
  const shipped = parseYaml('pipeline.yaml', readFileSync(join(root, 'pipeline.yaml'), 'utf8')).value;
  const listing = {
    version: 1,
    aliases: { a: 'b' },
    stages: {
      a: { foreach: [1, { x: 2 }], do: { cmd: 'x ${item}', env: ['A_${item.x}'] } },
      b: { matrix: { m: '${params.m}', n: [1] }, cmd: ['x'], cwd: 'y', always: true, resources: { mutex: ['m'] } },
    },
  };
  const explain = compileSchema(pipelineSchema);
  const seen = { true: 0, false: 0 };
  fc.assert(
    fc.property(fc.oneof(mutated(shipped), mutated(listing)), (value) => {
      expect(isPipeline(value)).toBe(explain(value));
      seen[`${explain(value)}`] += 1;
    }),
    { numRuns: 400 },
  );
  expect([isPipeline(shipped), isPipeline(listing)]).toEqual([true, true]);
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(20);
});
