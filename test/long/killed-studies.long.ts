/** The kills of test/e2e/killed-studies.thorough.ts, twenty of each study. */
process.env.RETRIAL_STUDY_KILLS ??= '20';
await import('../e2e/killed-studies.thorough.ts');
