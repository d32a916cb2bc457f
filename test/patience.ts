/** How long tests wait: long enough for a machine that is busy. What is waited for never proves anything by being quick. */
export const patience = {
  testTimeout: 240_000,
  hookTimeout: 240_000,
  expect: { poll: { timeout: 30_000 } },
};
