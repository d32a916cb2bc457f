/** The file system of test/e2e/nfs.thorough.ts, with faults of more rates. */
process.env.RETRIAL_NFS_RATES ??= '5,6,9,15,40';
await import('../e2e/nfs.thorough.ts');
