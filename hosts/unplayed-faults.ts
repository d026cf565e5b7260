import type { Event, HostKind } from '../core/event/event.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** The faults of a timeline that a host cannot play, or not as others do: told before the run, and noted in its result. */
export const unplayedFaults = (
  { faults }: Pick<Scenario, 'faults'>,
  host: HostKind,
): readonly Extract<Event, { kind: 'not-played' }>[] =>
  (faults?.timeline ?? []).flatMap(({ kind, atS, path, router }) => {
    const reason = router !== undefined ? ROUTER[host] : kind === 'down' ? DOWN[host] : null;
    if (reason === null) return [];
    const of = router === undefined ? `path ${path}` : router === true ? 'router' : `router ${router}`;
    return [{ kind: 'not-played', atMs: 0, of, fault: `${kind} at ${atS} s`, reason }] as const;
  });

type Reasons = Readonly<Record<HostKind, string | null>>;

const ROUTER: Reasons = {
  simulate: 'a simulated router has no process that could be started anew',
  local: null,
  compose: null,
};

const DOWN: Reasons = {
  simulate: null,
  local: null,
  compose: 'no byte passes, but no connection is reset: it is played as a blackhole',
};
