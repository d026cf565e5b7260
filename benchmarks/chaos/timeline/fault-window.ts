import type { Ms } from '../../../core/time/clock.ts';
import { RESTART_MS } from '../../../scenario/faults-plan.ts';
import type { PlannedFault } from '../../../scenario/faults-schema.ts';

/** How soon the router sends nothing more to what a fault hits: a time, or so many failures of an endpoint; null where it goes on. */
export type Leaves = { readonly withinMs: Ms } | { readonly afterFailures: number } | null;

/** One fault of a run, and what router/README.md says of its kind. */
export interface FaultWindow {
  readonly name: string;
  /** How the names of the endpoints begin that it hits. */
  readonly hit: string;
  readonly fromMs: Ms;
  /** When it is over. */
  readonly untilMs: Ms;
  /** When the next one begins: what ends later is not of this one. */
  readonly judgedUntilMs: Ms;
  readonly leaves: Leaves;
}

/**
 * A connection that is lost is known after the way back, at most half the round trip that checks allow for. A process ends 50 ms after it is
 * told to crash, and the system takes some time to end it.
 */
export const LOST_CONNECTION: Leaves = { withinMs: 200 };

/** Health checks leave a path over which nothing comes within a second, with round trips of up to 150 ms. */
export const SILENT_PATH: Leaves = { withinMs: 1000 };

/** `router.ejection.consecutive` ejects an endpoint whose checks are well. */
const FAILURES: Leaves = { afterFailures: 5 };

/** The faults of a timeline that hit endpoints, in the order of time. Throws for one of which router/README.md says nothing. */
export const faultWindows = (timeline: readonly PlannedFault[], endMs: Ms): readonly FaultWindow[] => {
  const planned = timeline.toSorted((a, b) => a.atS - b.atS);
  return planned.map((fault, index) => {
    const { atS, forS = 0, kind, node, path, factor = 5 } = fault;
    const [target, hit] = node === undefined ? [`path ${path}`, path!] : [`node ${node}`, `${node}/`];
    const known = KINDS[`${node === undefined ? 'path' : 'node'} ${kind}`];
    if (known === undefined) throw new Error(`nothing is claimed of ${kind} of ${target}`);
    const fromMs = atS * 1000;
    return {
      name: `${known.name(factor)}: ${target}`,
      hit,
      fromMs,
      untilMs: fromMs + (kind === 'crash' ? RESTART_MS : forS * 1000),
      judgedUntilMs: index + 1 < planned.length ? planned[index + 1]!.atS * 1000 : endMs,
      leaves: known.leaves,
    };
  });
};

const KINDS: Readonly<
  Record<string, { readonly name: (factor: number) => string; readonly leaves: Leaves } | undefined>
> = {
  'node slow': { name: (factor) => `slow x${factor}`, leaves: null },
  'path blackhole': { name: () => 'blackhole', leaves: SILENT_PATH },
  'node blackhole': { name: () => 'hang', leaves: SILENT_PATH },
  'node crash': { name: () => 'kill', leaves: LOST_CONNECTION },
  'node fail': { name: () => 'fast-fail', leaves: FAILURES },
};
