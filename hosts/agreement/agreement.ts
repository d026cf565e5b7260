import type { HostKind } from '../../core/event/event.ts';
import { ascending, mean, quantile } from '../../core/stats/quantile.ts';
import type { Ms } from '../../core/time/clock.ts';
import { round } from '../../report/distribution.ts';
import { ttftMs } from '../../report/request-table.ts';
import type { RunTally } from '../../report/run-tally.ts';
import type { RunResult } from '../../report/summary-schema.ts';
import { mostMedianMs, mostTailMs } from './bar.ts';
import { STAGES, type Stage, stagesOf } from './stages.ts';

/** A run of a policy on one host: what its report says of it, and its log added up. */
export interface HostRun {
  readonly host: HostKind;
  readonly result: RunResult;
  readonly tally: RunTally;
}

/** One figure on both hosts. */
export interface FigureAgreement {
  readonly name: 'ttft.p50' | 'ttft.p99' | 'e2e.p50' | 'e2e.p99';
  readonly first: Ms | null;
  readonly second: Ms | null;
  /** How far they may be apart; null for a figure that is only shown. */
  readonly mostMs: Ms | null;
  readonly verdict: AgreementVerdict | 'shown';
}

export type AgreementVerdict = 'within' | 'outside' | 'not-known';

/** Of values in milliseconds. */
export interface DifferenceSpread {
  readonly mean: Ms;
  readonly p10: Ms;
  readonly p50: Ms;
  readonly p90: Ms;
}

/** One policy on two hosts, on one schedule. Differences are the second minus the first. */
export interface Agreement {
  readonly policy: string;
  readonly hosts: readonly [HostKind, HostKind];
  readonly requests: readonly [number, number];
  readonly figures: readonly FigureAgreement[];
  /** By endpoint: the share of the requests that it got on each host. */
  readonly shares: Readonly<Record<string, readonly [number, number]>>;
  readonly pairs: {
    /** Requests that have a first token on both hosts, from the same endpoint. */
    readonly same: number;
    readonly elsewhere: number;
    /** Without a first token on one of them. */
    readonly unanswered: number;
    /** Difference in TTFT of those at the same endpoint; null for none. */
    readonly ttftMs: DifferenceSpread | null;
    /** The same by stage: their means add up to that of TTFT. Requests whose log lacks a stage are left out. */
    readonly stagesMs: Readonly<Record<Stage, DifferenceSpread>> | null;
  };
  /** What the live hosts say of their own timing. */
  readonly timing: readonly HostTiming[];
  readonly verdict: AgreementVerdict;
  /** Why there is no verdict; empty where there is one. */
  readonly notKnownBecause: readonly string[];
}

/** The errors of one live host's own machinery, in milliseconds; null where nothing was measured. */
export interface HostTiming {
  readonly host: HostKind;
  readonly lag: { readonly p50: Ms; readonly p99: Ms } | null;
  /** Round trips of probes, realised minus planned. */
  readonly links: { readonly p50: Ms; readonly p99: Ms } | null;
  /** Of the node whose steps ended latest. */
  readonly steps: { readonly node: string; readonly p50: Ms; readonly p99: Ms } | null;
}

/** Compares two runs of one schedule. The first is what the second is measured against. */
export const hostAgreement = (first: HostRun, second: HostRun): Agreement => {
  const both = [first, second] as const;
  const invalid = both.flatMap(wholeFaults);
  const figures = FIGURES.map((figure) => figureAgreement(figure, first, second));
  const judged = figures.filter(({ verdict }) => verdict !== 'shown');
  const unknown = judged.filter(({ verdict }) => verdict === 'not-known').map(({ name }) => name);
  const notKnown = [
    ...invalid,
    ...both.flatMap(({ host, result }) =>
      result.figures.invalidBecause
        .filter(({ figure }) => unknown.some((name) => keyOf(name) === figure))
        .map(({ figure, reason }) => `${host}: ${figure}: ${reason}`),
    ),
  ];
  const isOutside = judged.some(({ verdict }) => verdict === 'outside');
  const isKnown = invalid.length === 0 && (isOutside || unknown.length === 0);
  return {
    policy: first.result.key.variant,
    hosts: [first.host, second.host],
    requests: [first.result.figures.requests, second.result.figures.requests],
    figures,
    shares: sharesOf(first, second),
    pairs: pairsOf(first, second),
    timing: both.filter(({ host }) => host !== 'simulate').map(timingOf),
    verdict: isKnown ? (isOutside ? 'outside' : 'within') : 'not-known',
    notKnownBecause: isKnown
      ? []
      : notKnown.length > 0
        ? notKnown
        : [`${unknown.join(', ')} is not known on both hosts`],
  };
};

const FIGURES = [
  { name: 'ttft.p50', most: mostMedianMs },
  { name: 'ttft.p99', most: mostTailMs },
  { name: 'e2e.p50', most: null },
  { name: 'e2e.p99', most: null },
] as const;

/** What makes all figures of a run useless; what concerns single figures counts with those alone. */
const wholeFaults = ({ host, result }: HostRun): readonly string[] => {
  const single = new Set(result.figures.invalidBecause.map(({ figure, reason }) => `${figure}: ${reason}`));
  return result.invalidBecause.filter((reason) => !single.has(reason)).map((reason) => `${host}: ${reason}`);
};

/** The name of a figure in `invalidBecause`. */
const keyOf = (name: FigureAgreement['name']): string => name.replace('.', 'Ms.');

const figureOf = ({ result }: HostRun, name: FigureAgreement['name']): Ms | null => {
  const [metric, percentile] = name.split('.') as ['ttft' | 'e2e', 'p50' | 'p99'];
  return result.figures[`${metric}Ms`][percentile];
};

const figureAgreement = (
  { name, most }: (typeof FIGURES)[number],
  first: HostRun,
  second: HostRun,
): FigureAgreement => {
  const [a, b] = [figureOf(first, name), figureOf(second, name)];
  const mostMs = most === null || a === null ? null : round(most(a));
  const isUseless = [first, second].some(({ result }) =>
    result.figures.invalidBecause.some(({ figure }) => figure === keyOf(name)),
  );
  const verdictAt = (): FigureAgreement['verdict'] => {
    if (most === null) return 'shown';
    if (a === null || b === null || isUseless) return 'not-known';
    return Math.abs(b - a) <= most(a) ? 'within' : 'outside';
  };
  return { name, first: a, second: b, mostMs, verdict: verdictAt() };
};

const sharesOf = (first: HostRun, second: HostRun): Agreement['shares'] => {
  const [a, b] = [first.result.figures.by.endpoint ?? {}, second.result.figures.by.endpoint ?? {}];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(names.map((name) => [name, [a[name]?.share ?? 0, b[name]?.share ?? 0]]));
};

const pairsOf = ({ tally: first }: HostRun, { tally: second }: HostRun): Agreement['pairs'] => {
  const others = new Map([...second.requests.records()].map((record) => [record.request, record] as const));
  const differences: Ms[] = [];
  const stages = STAGES.map((): Ms[] => []);
  let elsewhere = 0;
  let unanswered = 0;
  for (const record of first.requests.records()) {
    const { request } = record;
    if (!(record.intendedAtMs >= first.run.warmUpMs)) continue;
    const other = others.get(request);
    const difference = other === undefined ? Number.NaN : ttftMs(other) - ttftMs(record);
    if (Number.isNaN(difference)) unanswered++;
    else if (first.attempts.endpointOf(request) !== second.attempts.endpointOf(request)) elsewhere++;
    else {
      differences.push(difference);
      const own = stagesOf(record, first.attempts.last(request));
      const its = stagesOf(other!, second.attempts.last(request));
      if (own !== null && its !== null)
        for (const [index, { name }] of STAGES.entries()) stages[index]!.push(its[name] - own[name]);
    }
  }
  return {
    same: differences.length,
    elsewhere,
    unanswered,
    ttftMs: spreadOf(differences),
    stagesMs:
      stages[0]!.length === 0
        ? null
        : (Object.fromEntries(STAGES.map(({ name }, index) => [name, spreadOf(stages[index]!)!])) as Record<
            Stage,
            DifferenceSpread
          >),
  };
};

const spreadOf = (values: readonly Ms[]): DifferenceSpread | null => {
  if (values.length === 0) return null;
  const sorted = ascending(values);
  return {
    mean: round(mean(sorted)),
    p10: round(quantile(sorted, 0.1)),
    p50: round(quantile(sorted, 0.5)),
    p90: round(quantile(sorted, 0.9)),
  };
};

const timingOf = ({ host, result, tally }: HostRun): HostTiming => {
  const { generator, probeErrorMs } = result.figures;
  const [latest] = tally.lateness.toSorted((a, b) => b.lateP99Ms - a.lateP99Ms);
  const { p50, p99 } = probeErrorMs;
  return {
    host,
    lag: generator && { p50: generator.lagP50Ms, p99: generator.lagP99Ms },
    links: p50 === null || p99 === null ? null : { p50, p99 },
    steps: latest === undefined ? null : { node: latest.node, p50: latest.lateP50Ms, p99: latest.lateP99Ms },
  };
};
