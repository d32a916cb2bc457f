/** The processes of test/e2e/concurrency.thorough.ts: fifty that wait for one, and a hundred graphs for two engines. */
process.env.RETRIAL_WAITERS ??= '50';
process.env.RETRIAL_PROPERTY_RUNS ??= '100';
await import('../e2e/concurrency.thorough.ts');
