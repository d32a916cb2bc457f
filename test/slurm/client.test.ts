/** What is made of the words of a Slurm command that failed. */
import { expect, test } from 'vitest';
import { kindOf } from '../../src/slurm/client.ts';

test.each([
  'Batch job submission failed: Unable to contact slurm controller (connect failure)',
  'slurm_load_jobs error: Unable to contact slurm controller (connect failure)',
  'Batch job submission failed: Message receive failure',
  'slurm_load_jobs error: Message send failure',
  'slurm_receive_msg: Connection reset by peer',
  'slurm_send_node_msg: Broken pipe',
  'Batch job submission failed: Socket timed out on send/recv operation',
  'Batch job submission failed: Zero Bytes were transmitted or received',
  'Munge encode failed: Failed to access "/run/munge/munge.socket.2": No such file or directory',
  'If munged is up, restart with --num-threads=10',
  'Batch job submission failed: Communication connection failure',
  'Batch job submission failed: Slurm backup controller in standby mode',
  'resolve_ctls_from_dns_srv: res_nsearch error: Unknown host; fetch_config: DNS SRV lookup failed',
  '_establish_config_source: failed to fetch config; Could not establish a configuration source',
])('nobody answered: %s', (message) => {
  expect(kindOf(message)).toBe('unreachable');
});

test.each([
  'invalid partition specified: munge; Batch job submission failed: Invalid partition name specified',
  'invalid partition specified: communication; Batch job submission failed: Invalid partition name specified',
  'Invalid node name specified: timed-out-1',
  'Batch job submission failed: Requested node configuration is not available',
  'Invalid job id specified',
])('Slurm said no: %s', (message) => {
  expect(kindOf(message)).toBe('refused');
});
