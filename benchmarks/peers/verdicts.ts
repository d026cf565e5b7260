import { type Paired, pairedDifference, pairedRatio } from './paired.ts';
import type { CaseResult, PeersResult, ProxyResult, RoundFigures } from './peers-result.ts';

/** A target of the router's data path (`docs` of the project: as cheap as a proxy in C++), and what this run says of it. */
export interface TargetVerdict {
  readonly target: string;
  readonly measured: string;
  readonly verdict: 'met' | 'missed' | 'not shown' | 'not measured';
}

/** Processor time of one proxy for a request or message, as a ratio to another's, round by round; null where they share no round. */
export const costRatio = (one: ProxyResult, other: ProxyResult): Paired | null =>
  pairedRatio(
    sharedRounds(one, other)
      .filter(([mine, its]) => mine.cpuMs > 0 && its.cpuMs > 0 && mine.count > 0 && its.count > 0)
      .map(([mine, its]) => [mine.cpuMs / mine.count, its.cpuMs / its.count]),
  );

/** How much higher the p50 or p99 of one is, in ms, round by round. */
export const addedMs = (one: ProxyResult, other: ProxyResult, of: 'p50Ms' | 'p99Ms'): Paired | null =>
  pairedDifference(sharedRounds(one, other).map(([mine, its]) => [mine[of], its[of]]));

const sharedRounds = (one: ProxyResult, other: ProxyResult): readonly (readonly [RoundFigures, RoundFigures])[] =>
  one.rounds.flatMap((mine) => {
    const its = other.rounds.find(({ round }) => round === mine.round);
    return its === undefined ? [] : [[mine, its] as const];
  });

export interface ComparedProxies {
  /** The proxy whose targets they are, and the one that it is compared with. */
  readonly proxy: string;
  readonly reference: string;
}

/** What a run says of each target. */
export const verdictsOf = (result: PeersResult, { proxy, reference }: ComparedProxies): readonly TargetVerdict[] => {
  const caseOf = (name: string): CaseResult | undefined => result.cases.find(({ peerCase }) => peerCase.name === name);
  const both = (name: string): readonly [ProxyResult, ProxyResult] | null => {
    const found = caseOf(name)?.results ?? [];
    const [mine, its] = [proxy, reference].map((wanted) => found.find((one) => one.proxy === wanted));
    return mine === undefined || its === undefined ? null : [mine, its];
  };
  const cost = (name: string, what: string, most: number): TargetVerdict => {
    const pair = both(name);
    const ratio = pair === null ? null : costRatio(...pair);
    return judged(`processor time a ${what} at most ${most} of ${reference}'s`, ratio, most, pairedText(ratio));
  };
  const open = both('open');
  const p99 = open === null ? null : addedMs(...open, 'p99Ms');
  return [
    cost('saturation', 'request', 1),
    cost('headers', 'request, other headers in each,', 1),
    cost('tls', 'request, over TLS,', 1),
    cost('streaming', 'message', 1.5),
    judged(`added p99 at 2,000 requests/s at most ${reference}'s`, p99, 0, `${pairedText(p99)} ms more`),
    scavenges(result.cases, proxy),
    stall(caseOf('body-4k')?.results.find((one) => one.proxy === proxy)),
    memory(
      caseOf('idle')?.results.find((one) => one.proxy === proxy),
      result.emptyNodeMib,
    ),
  ];
};

/** Met where the whole interval is within the limit, missed where all of it is beyond. */
const judged = (target: string, paired: Paired | null, most: number, measured: string): TargetVerdict => {
  if (paired === null) return { target, measured: '-', verdict: 'not measured' };
  const { low, high } = paired;
  if (low === null || high === null) return { target, measured, verdict: 'not shown' };
  return { target, measured, verdict: high <= most ? 'met' : low > most ? 'missed' : 'not shown' };
};

const scavenges = (cases: readonly CaseResult[], proxy: string): TargetVerdict => {
  const target = `no scavenge above ${MOST_SCAVENGE_MS} ms`;
  const worst = cases
    .flatMap(({ peerCase, results }) =>
      results
        .filter((one) => one.proxy === proxy)
        .flatMap(({ rounds }) => rounds.map(({ pauses }) => ({ case: peerCase.name, ms: pauses?.maxScavengeMs ?? 0 }))),
    )
    .sort((one, other) => other.ms - one.ms)[0];
  if (worst === undefined) return { target, measured: '-', verdict: 'not measured' };
  const measured = worst.ms === 0 ? 'none at all' : `the longest ${worst.ms.toFixed(1)} ms, in ${worst.case}`;
  return { target, measured, verdict: worst.ms <= MOST_SCAVENGE_MS ? 'met' : 'missed' };
};

const stall = (mine: ProxyResult | undefined): TargetVerdict => {
  const target = 'bodies of 4 KiB without a stall';
  if (mine === undefined || (mine.rounds.length === 0 && mine.faults === 0)) {
    return { target, measured: '-', verdict: 'not measured' };
  }
  if (mine.faults > 0) return { target, measured: `${mine.firstFault}`, verdict: 'missed' };
  const slowestMs = Math.max(...mine.rounds.map(({ maxMs }) => maxMs));
  const measured = `all answered, the slowest of ${mine.latency.count} after ${slowestMs.toFixed(0)} ms`;
  return { target, measured, verdict: slowestMs <= STALL_MS ? 'met' : 'missed' };
};

const memory = (mine: ProxyResult | undefined, emptyNodeMib: number): TargetVerdict => {
  const target = `at most ${MOST_HELD_MIB} MiB above an empty Node with 10,000 idle answers`;
  if (mine === undefined || mine.held === null) return { target, measured: '-', verdict: 'not measured' };
  const above = mine.held.heldMib - emptyNodeMib;
  const measured = `${above.toFixed(0)} MiB (${mine.held.heldMib.toFixed(0)} and ${emptyNodeMib.toFixed(0)})`;
  return { target, measured, verdict: above <= MOST_HELD_MIB ? 'met' : 'missed' };
};

/** `0.83 (0.79 to 0.88)`. */
export const pairedText = (paired: Paired | null, digits = 2): string => {
  if (paired === null) return '-';
  const { value, low, high } = paired;
  const interval = low === null || high === null ? '' : ` (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
  return `${value.toFixed(digits)}${interval}`;
};

const MOST_SCAVENGE_MS = 2;
const MOST_HELD_MIB = 60;

/** A request that waits for a window or a byte that does not come waits for a time-out, which is longer. */
const STALL_MS = 1000;
