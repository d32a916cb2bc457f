import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { machineChecks } from '../../src/commands/doctor-checks.ts';
import { storeCheck } from '../../src/commands/doctor-store.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const found = (name: string) => machineChecks(temporaryFolder()).find((check) => check.name === name);

describe('the store', () => {
  test('is tried where runs/ would be, and nothing is left there', () => {
    const folder = temporaryFolder();
    expect(storeCheck(folder)).toMatchObject({ state: 'ok' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('fails in a folder that is not there', () => {
    expect(storeCheck(join(temporaryFolder(), 'missing'))).toMatchObject({ state: 'fail', todo: expect.any(String) });
  });
});

describe('TensorFlow', () => {
  test('WebAssembly that was asked for is as it should be', () => {
    vi.stubEnv('RETRIAL_TENSORFLOW', 'wasm');
    expect(found('tensorflow')).toMatchObject({
      state: 'ok',
      found: expect.stringContaining('RETRIAL_TENSORFLOW=wasm'),
    });
  });

  test('a choice there is not leaves none', () => {
    vi.stubEnv('RETRIAL_TENSORFLOW', 'gpu');
    expect(found('tensorflow')).toMatchObject({ state: 'warn', found: expect.stringContaining('none') });
  });
});

test('tools that are missing are named, with what installs them', () => {
  vi.stubEnv('PATH', temporaryFolder());
  const checks = machineChecks(temporaryFolder());
  for (const name of ['C++ compiler', 'make', 'python3', 'pip'])
    expect(checks.find((check) => check.name === name)).toMatchObject({ state: 'warn', todo: expect.any(String) });
});
