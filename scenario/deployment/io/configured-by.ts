import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Configured } from '../../../core/process/io/refused.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { RUN_FOLDER } from '../environment.ts';
import { ROUTER } from '../namespace-plan.ts';

/**
 * What a part is told by its environment, before any of it is checked. The router, the first where there are several, tells what every part
 * finds, and its agent what every agent finds: the others wait until these have started. What was told nothing is no part of a topology.
 */
export const configuredBy = (
  environment: Readonly<Record<string, string | undefined>>,
  { isAgent = false } = {},
): Configured => {
  const digest = createHash('sha256');
  for (const name of TOLD_TO_ALL) digest.update(`${name}=${environment[name] ?? ''}\0`);
  try {
    digest.update(readFileSync(environment.STARLANE_SCENARIO ?? ''));
  } catch {
    // it is missing for all, and each finds that out
  }
  return {
    runFolder: environment.STARLANE_RUN_FOLDER ?? RUN_FOLDER,
    digest: digest.digest('hex'),
    patienceMs: patienceOf(environment, isAgent),
  };
};

const patienceOf = (
  { STARLANE_PART: part, STARLANE_FIRST_ROUTER: first }: Readonly<Record<string, string | undefined>>,
  isAgent: boolean,
): Ms => {
  if (part === undefined) return 0;
  return part !== ROUTER && first === undefined ? 15_000 : isAgent ? 3000 : 0;
};

const TOLD_TO_ALL = [
  'STARLANE_SCENARIO',
  'STARLANE_START',
  'STARLANE_POLICY',
  'STARLANE_SHAPER',
  'STARLANE_SEED',
  'STARLANE_DURATION_S',
  'STARLANE_RATE_PER_S',
  'STARLANE_FIBRE_SUBNET',
  'STARLANE_LASER_SUBNET',
  'STARLANE_ACCESS_SUBNET',
];
