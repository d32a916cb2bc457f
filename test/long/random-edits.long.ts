/** The property of test/execute/random-edits.thorough.ts, for a hundred histories. */
process.env.RETRIAL_PROPERTY_RUNS ??= '100';
await import('../execute/random-edits.thorough.ts');
