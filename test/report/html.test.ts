import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptSafeJson } from '../../src/report/html.ts';

test('data in the page is what was given, and holds nothing that an HTML parser knows', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('</script>', '<!--', ']]>', '\u2028', '\u2029', '&lt;', '<script'),
  );
  fc.assert(
    fc.property(fc.dictionary(text, fc.array(text)), (value) => {
      const json = scriptSafeJson(value);
      expect(json).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.stringify(JSON.parse(json))).toBe(JSON.stringify(value));
    }),
  );
});
