import { z } from 'zod';
import { ConfigError } from '../../core/config/config-error.ts';
import type { Overrides } from '../scenario.ts';

const number = z.coerce.number();

const cidr = z.cidrv4();

/** The policy of a router that was told none. */
export const DEFAULT_POLICY = 'ephemeris';

/** The folder that the parts of a topology share, in each container. */
export const RUN_FOLDER = '/run/starlane';

/** What delays the bytes between containers. `auto`: netem if the kernel has it, relays otherwise. */
export const SHAPER_CHOICES = ['auto', 'netem', 'relay'] as const;

/** The environment variables that tell a container its place in a topology. */
const environmentSchema = z.strictObject({
  /** Its own name: the name of a node, `router`, `router-NAME` where there are several, or `users`. */
  STARLANE_PART: z.string(),
  /** Set for the first of several routers, and its agent. */
  STARLANE_FIRST_ROUTER: z.literal('yes').optional(),
  STARLANE_SCENARIO: z.string(),
  /** Of the scenario that the compose file was generated from. */
  STARLANE_SCENARIO_HASH: z.string().optional(),
  /** Whether scenario time follows the wall clock, or starts with the first load. */
  STARLANE_START: z.enum(['cycle', 'awaited']).default('cycle'),
  STARLANE_RUN_FOLDER: z.string().default(RUN_FOLDER),
  STARLANE_SHAPER: z.enum(SHAPER_CHOICES).default('auto'),
  /** Of the router when it starts. For the load: the policy that the user expects, if any. */
  STARLANE_POLICY: z.string().min(1).optional(),
  /** What an operator has to show to the router for an order. Without it the router makes one. */
  STARLANE_ADMIN_TOKEN: z.string().min(16).optional(),
  /** Whether a router loads its part of the scenario again when the file is edited. */
  STARLANE_WATCH_ROUTER: z.literal('yes').optional(),
  /** The load's folder for results, as the user names it: the folder that is mounted at `/results`. */
  STARLANE_RESULTS: z.string().optional(),
  /** The commit that the image was built from. */
  STARLANE_COMMIT: z.string().optional(),
  STARLANE_SEED: number.int().min(0).optional(),
  STARLANE_DURATION_S: number.positive().optional(),
  STARLANE_RATE_PER_S: number.positive().optional(),
  STARLANE_FIBRE_SUBNET: cidr,
  STARLANE_LASER_SUBNET: cidr,
  STARLANE_ACCESS_SUBNET: cidr,
  /** The ID of the task if Swarm runs it. Otherwise the text of Swarm's template, which was not replaced. */
  STARLANE_SWARM_TASK: z.string().default(''),
  /** Set for an agent that its part has started in its own container. */
  STARLANE_AGENT_WITHIN: z.literal('yes').optional(),
});

export type ShaperChoice = (typeof SHAPER_CHOICES)[number];

export interface DeploymentEnvironment {
  readonly part: string;
  readonly scenarioFile: string;
  /** Of the scenario that the compose file was generated from; null where it does not say so. */
  readonly scenarioHash: string | null;
  readonly start: 'cycle' | 'awaited';
  readonly runFolder: string;
  readonly shaper: ShaperChoice;
  /** Null where nobody named one. */
  readonly policy: string | null;
  readonly adminToken: string | null;
  readonly watchesRouter: boolean;
  /** The folder mounted at `/results`, as the user names it; null where none is. */
  readonly results: string | null;
  readonly overrides: Omit<Overrides, 'set'>;
  readonly subnets: Readonly<Record<NetworkName, string>>;
  /** On Swarm two containers cannot share a namespace, so a part shapes its own paths. */
  readonly isSwarm: boolean;
  /** Whether this is an agent that runs in the container of its part. */
  readonly isWithin: boolean;
}

export type NetworkName = 'fibre' | 'laser' | 'access';

/** Reads the variables that begin with `STARLANE_`; an empty one counts as not set. @throws ConfigError that names the variable. */
export const deploymentOf = (environment: Readonly<Record<string, string | undefined>>): DeploymentEnvironment => {
  const ours = Object.entries(environment).filter(([key, value]) => key.startsWith('STARLANE_') && value !== '');
  const parsed = environmentSchema.safeParse(Object.fromEntries(ours));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = issue!.code === 'unrecognized_keys' ? issue!.keys[0]! : String(issue!.path[0]);
    const value = environment[key];
    if (value === undefined || value === '') {
      throw new ConfigError(
        key,
        'is not set; the compose file must set it, because this runs in a container of a topology',
      );
    }
    throw new ConfigError(key, `is ${JSON.stringify(value)}; ${issue!.message}`);
  }
  const value = parsed.data;
  return {
    part: value.STARLANE_PART,
    scenarioFile: value.STARLANE_SCENARIO,
    scenarioHash: value.STARLANE_SCENARIO_HASH ?? null,
    start: value.STARLANE_START,
    runFolder: value.STARLANE_RUN_FOLDER,
    shaper: value.STARLANE_SHAPER,
    policy: value.STARLANE_POLICY ?? null,
    adminToken: value.STARLANE_ADMIN_TOKEN ?? null,
    watchesRouter: value.STARLANE_WATCH_ROUTER !== undefined,
    results: value.STARLANE_RESULTS ?? null,
    overrides: {
      ...(value.STARLANE_SEED !== undefined && { seed: value.STARLANE_SEED }),
      ...(value.STARLANE_DURATION_S !== undefined && { durationS: value.STARLANE_DURATION_S }),
      ...(value.STARLANE_RATE_PER_S !== undefined && { ratePerS: value.STARLANE_RATE_PER_S }),
    },
    subnets: {
      fibre: value.STARLANE_FIBRE_SUBNET,
      laser: value.STARLANE_LASER_SUBNET,
      access: value.STARLANE_ACCESS_SUBNET,
    },
    isSwarm: value.STARLANE_SWARM_TASK !== '' && !value.STARLANE_SWARM_TASK.includes('{{'),
    isWithin: value.STARLANE_AGENT_WITHIN !== undefined,
  };
};
