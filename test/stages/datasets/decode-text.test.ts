import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeText } from '../../../stages/datasets/decode-text.ts';
import { zipOf } from '../../helpers/zip.ts';

const text = 'user,item,rating\nzoë,naïve,4\n';

test('UTF-8, with its mark or without', () => {
  expect(decodeText(Buffer.from(text), 'f')).toBe(text);
  expect(decodeText(Buffer.from(`\uFEFF${text}`), 'f')).toBe(text);
  expect(decodeText(new Uint8Array(), 'f')).toBe('');
});

const utf16 = Buffer.from(text, 'utf16le');
test.each<[what: string, bytes: Uint8Array, message: string]>([
  ['UTF-16, little end first', Buffer.concat([Buffer.of(0xff, 0xfe), utf16]), 'f is UTF-16: save it as UTF-8'],
  ['UTF-16, big end first', Buffer.concat([Buffer.of(0xfe, 0xff), Buffer.from(utf16).swap16()]), 'f is UTF-16'],
  ['UTF-16 without a mark', utf16, 'f holds zero bytes: it is UTF-16, or no text'],
  ['Latin-1', Buffer.from(text, 'latin1'), 'f is not UTF-8: line 2, "zoë,naïve,4". It may be Latin-1'],
  ['a character cut off', Buffer.from('a,b\nzoë').subarray(0, 7), 'f is not UTF-8: line 2, "zoÃ"'],
  ['gzip', gzipSync(text), 'f is compressed (gzip): unpack it first'],
  ['zip', zipOf([{ name: 'a', content: Buffer.from(text) }]), 'f is an archive (zip): unpack it first'],
])('%s is refused by name', (_what, bytes, message) => {
  expect(() => decodeText(bytes, 'f')).toThrowError(message);
});
