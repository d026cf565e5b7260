import { z } from 'zod';
import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { PrefixPart } from '../prefix.ts';

/** One request of a session, before it has a time. */
export interface Turn {
  /** From the end of the answer before it; for the first, what its user waits before the session where users take turns. */
  readonly pauseMs: Ms;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly prefix: readonly PrefixPart[];
}

/** What a kind needs to draw a session. */
export interface SessionDraw {
  readonly rng: Rng;
  /** The name of the class: what all of its sessions share is named by it. */
  readonly className: string;
  /** The name of the session, unique in the run. */
  readonly session: string;
  /** The longest answer. */
  readonly maxOutputTokens: number;
  /** What the next row of the trace asks. */
  readonly traceRow: () => Pick<Turn, 'promptTokens' | 'outputTokens' | 'prefix'>;
}

/** A kind of workload: its keys in a scenario, and what one session of it asks. */
export interface WorkloadKind<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /**
   * How the requests of a session belong together. `in-turn`: each follows the answer before it, and they share a session. `at-once`: they
   * come together and no answer is waited for. `alone`: there is one.
   */
  readonly order: 'in-turn' | 'at-once' | 'alone';
  /** At least one turn. */
  session(config: z.output<Schema>, draw: SessionDraw): readonly Turn[];
}

/** The keys that every class has beside those of its kind. */
export const classKeys = {
  share: z.number().positive().max(1e6).default(1).describe('Its weight in the load: of requests, or of users.'),
  priority: z
    .int()
    .min(-1000)
    .max(1000)
    .default(0)
    .describe('Lower values go first: in the queue of a router, and at nodes whose `limits.order` is `priority`.'),
  tenant: z
    .string()
    .min(1)
    .max(100)
    .regex(/^[\x21-\x7e]+$/, 'letters, digits and signs of ASCII, without blanks')
    .exactOptional()
    .describe('On whose behalf it is sent: the queue of a router is fair by tenant.'),
  model: z
    .string()
    .min(1)
    .max(100)
    .exactOptional()
    .describe('The model that it asks for: only nodes that serve it are chosen.'),
  slo: z
    .strictObject({
      ttftMs: z.number().positive().exactOptional().describe('Time to first token that its users accept.'),
      tpotMs: z.number().positive().exactOptional().describe('Time per further token that its users accept.'),
    })
    .prefault({})
    .describe('Its own objectives, where they differ from those of the scenario.'),
} as const;
