/** Commands that keep house in runs/: what stays, what goes, what is whole. */
import type { Command } from 'commander';

export function addKeeping(_retrial: Command): void {}
