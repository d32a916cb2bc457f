/** What is made of the words of a Slurm command that failed. */
import { expect, test } from 'vitest';
import { kindOf } from '../../src/slurm/client.ts';

test.each([
  'Batch job submission failed: Unable to contact slurm controller (connect failure)',
  'Batch job submission failed: Message receive failure',
  'slurm_load_jobs error: Message send failure',
  'slurm_receive_msg: Connection reset by peer',
  'slurm_send_node_msg: Broken pipe',
  'Batch job submission failed: Socket timed out on send/recv operation',
])('nobody answered: %s', (message) => {
  expect(kindOf(message)).toBe('unreachable');
});

test.each([
  'Batch job submission failed: Invalid partition name specified',
  'Batch job submission failed: Requested node configuration is not available',
  'Invalid job id specified',
])('Slurm said no: %s', (message) => {
  expect(kindOf(message)).toBe('refused');
});
