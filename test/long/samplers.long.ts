/** The contract of test/sweep/samplers.test.ts, on two hundred spaces each. */
process.env.RETRIAL_PROPERTY_RUNS ??= '200';
await import('../sweep/samplers.test.ts');
