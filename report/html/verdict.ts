import { LEAST_SEEDS } from '../difference.ts';
import { areComparable, type Contender, meanOf } from './contender.ts';
import { listed, msText, percentText } from './quantities.ts';
import { seedDifference } from './seed-difference.ts';

/** What a report says first, in plain sentences. */
export interface PolicyVerdict {
  readonly headline: string;
  readonly sentences: readonly string[];
  /** The label of the policy that did best; null where none did. */
  readonly winner: string | null;
  readonly isValid: boolean;
  /** The metric that the policies are compared by. */
  readonly tail: Pick<Tail, 'metric' | 'name'>;
}

/** Which policy gave the first token soonest in the tail, by how much, and how sure that is. */
export const verdictOf = (contenders: readonly Contender[]): PolicyVerdict => {
  const isValid = contenders.every((contender) => contender.isValid);
  const tail = tailFor(contenders);
  const claim = claimOf(contenders, tail);
  if (isValid) return { ...claim, isValid, tail };
  const invalid = contenders.filter((contender) => !contender.isValid).map(({ label }) => label);
  const which = invalid.length === contenders.length ? 'these figures' : `the figures of ${listed(invalid)}`;
  return {
    headline: `Not valid: do not use ${which}`,
    sentences: [
      ...(contenders.some(({ runs }) => runs.some(({ figures }) => figures.invalidBecause.length > 0))
        ? [TOO_BUSY]
        : []),
      `For what they are worth, the figures say this. ${claim.headline}.`,
      ...claim.sentences,
    ],
    winner: claim.winner,
    isValid,
    tail,
  };
};

const TOO_BUSY =
  'The timing errors of this machine are above 5 % of some figures: run it again while it is less busy or at a lower --rate, or simulate it, which is exact.';

type Claim = Omit<PolicyVerdict, 'isValid' | 'tail'>;

const claimOf = (contenders: readonly Contender[], tail: Tail): Claim => {
  const candidates = contenders.filter(({ isReference }) => !isReference);
  const [first] = candidates.length > 0 ? candidates : contenders;
  if (candidates.length < 2) return alone(first!);
  if (!areComparable(contenders)) return apart(contenders);
  const ranked = candidates
    .filter((candidate) => meanOf(candidate, tail.metric) !== null)
    .sort((a, b) => meanOf(a, tail.metric)! - meanOf(b, tail.metric)!);
  const lost = candidates.filter((candidate) => meanOf(candidate, tail.metric) === null);
  const [best, second] = ranked;
  if (best === undefined) return nobody(tail, lost);
  const bestMs = meanOf(best, tail.metric)!;
  const sentences = [
    `Under ${best.label}, ${tail.who} have their first token within ${msText(bestMs)}.`,
    ...(ranked.length > 1 ? [aheadText(best, ranked.slice(1), tail)] : []),
    ...lost.map(({ label }) => `Under ${label}, one of them or more got no first token at all.`),
    ...priceText(best, candidates),
    ...(second === undefined ? [] : [evidence(best, second, tail)]),
    ...referenceText(contenders, bestMs, tail),
    tail.why,
  ].filter((sentence) => sentence !== '');
  if (second === undefined)
    return { headline: `Only ${best.label} gives ${tail.who} a first token`, sentences, winner: best.label };
  const secondMs = meanOf(second, tail.metric)!;
  const isTie = secondMs - bestMs < LEAST_SHARE * bestMs || isDifferenceOpen(best, second, tail.metric);
  return {
    headline: isTie
      ? `No difference is shown between ${best.label} and ${second.label}`
      : `The fastest policy ${tail.where} is ${best.label}, ${percentText(1 - bestMs / secondMs, 0)} ahead of ${second.label}`,
    sentences,
    winner: isTie ? null : best.label,
  };
};

/** Differences below half a percent are called none. */
const LEAST_SHARE = 0.005;

interface Tail {
  readonly metric: string;
  readonly name: string;
  /** Of which requests it speaks. */
  readonly who: string;
  readonly where: string;
  /** Why not a higher percentile; empty for the highest. */
  readonly why: string;
}

const TAILS: readonly (Tail & { readonly least: number })[] = [
  {
    metric: 'ttft.p99',

    name: 'p99',
    who: '99 of 100 requests',
    where: 'in the tail',
    least: 662,
    why: '',
  },
  {
    metric: 'ttft.p95',

    name: 'p95',
    who: '95 of 100 requests',
    where: 'for 95 of 100 requests',
    least: 131,
    why: 'The runs are too short to compare the slowest 1 %: that needs 662 first tokens a run.',
  },
  {
    metric: 'ttft.p50',

    name: 'median',
    who: 'half of the requests',
    where: 'for half of the requests',
    least: 0,
    why: 'The runs are too short to compare slow requests: a p95 needs 131 first tokens a run, a p99 needs 662.',
  },
];

/** The highest percentile that all runs have enough first tokens for. Source of the numbers: MLPerf inference, early stopping. */
const tailFor = (contenders: readonly Contender[]): Tail => {
  const seen = contenders.flatMap(({ runs }) => runs.map(({ figures: { ttftMs } }) => ttftMs.n - ttftMs.censored));
  return TAILS.find(({ least }) => Math.min(...seen) >= least) ?? TAILS.at(-1)!;
};

const alone = (only: Contender): Claim => {
  const [p50, p99] = [meanOf(only, 'ttft.p50'), meanOf(only, 'ttft.p99')];
  const attainment = meanOf(only, 'attained');
  const headline =
    p50 === null
      ? `Under ${only.label}, half of the requests or more got no first token`
      : `Under ${only.label}, half of the requests have their first token within ${msText(p50)}`;
  return {
    headline,
    sentences: [
      p99 === null
        ? 'One of 100 requests or more got no first token, so there is no p99.'
        : `99 of 100 have it within ${msText(p99)}.`,
      ...(attainment === null ? [] : [`${percentText(attainment)} of all requests met every objective.`]),
      'A run of several policies (--policy a,b) would compare them.',
    ],
    winner: null,
  };
};

const apart = (contenders: readonly Contender[]): Claim => ({
  headline: 'These runs differ in more than the policy, so none is called best',
  sentences: [
    'Scenario, host, rate, length, or what routers were told while they ran are not the same: see "What was run" and the notes.',
    ...contenders.flatMap((contender) => {
      const p99 = meanOf(contender, 'ttft.p99');
      return p99 === null ? [] : [`${contender.label}: 99 of 100 first tokens within ${msText(p99)}.`];
    }),
  ],
  winner: null,
});

const nobody = (tail: Tail, lost: readonly Contender[]): Claim => ({
  headline: `No policy gives ${tail.who} a first token`,
  sentences: [
    `Too many requests failed, were refused or were still open under ${listed(lost.map(({ label }) => label))}.`,
  ],
  winner: null,
});

const aheadText = (best: Contender, others: readonly Contender[], { metric }: Tail): string => {
  const bestMs = meanOf(best, metric)!;
  const behind = others.map((other) => {
    const ms = meanOf(other, metric)!;
    return `${percentText(1 - bestMs / ms, 0)} less than under ${other.label} (${msText(ms)})`;
  });
  return `That is ${listed(behind)}.`;
};

/** What the best policy gives up: answers that end later, or objectives that fewer requests meet. */
const priceText = (best: Contender, candidates: readonly Contender[]): readonly string[] => {
  const rival = (metric: string, sign: 1 | -1): Contender =>
    candidates.reduce((a, b) =>
      sign * ((meanOf(b, metric) ?? Number.NaN) - (meanOf(a, metric) ?? Number.NaN)) < 0 ? b : a,
    );
  const [soonest, mostMet] = [rival('e2e.p99', 1), rival('attained', -1)];
  const [mine, theirs] = [meanOf(best, 'e2e.p99'), meanOf(soonest, 'e2e.p99')];
  const [met, mostMetShare] = [meanOf(best, 'attained'), meanOf(mostMet, 'attained')];
  return [
    ...(mine !== null && theirs !== null && mine > 1.1 * theirs
      ? [
          `Its slow answers end later, though: the last token of 99 of 100 comes within ${msText(mine)}, under ${soonest.label} within ${msText(theirs)}.`,
        ]
      : []),
    ...(met !== null && mostMetShare !== null && met < mostMetShare - 0.005
      ? [
          `It meets the objectives of ${percentText(met)} of requests, ${mostMet.label} those of ${percentText(mostMetShare)}.`,
        ]
      : []),
  ];
};

const isDifferenceOpen = (best: Contender, second: Contender, metric: string): boolean => {
  const ci95 = seedDifference(best, second, metric).ci95;
  return ci95 !== null && ci95[0] <= 0 && ci95[1] >= 0;
};

const evidence = (best: Contender, second: Contender, { metric, name }: Tail): string => {
  const seeds = best.runs.length;
  const ci95 = seedDifference(best, second, metric).ci95;
  if (ci95 === null)
    return 'This is one seed, so the order of close policies may be chance: simulate --repeat 10 gives intervals.';
  const [low, high] = ci95;
  return (
    `Seed by seed, the ${name} of ${second.label} is ${msText(low)} to ${msText(high)} above that of ${best.label} ` +
    `(95 % interval over ${seeds} seeds${seeds < LEAST_SEEDS ? `; ${LEAST_SEEDS} make it firm` : ''}).`
  );
};

const referenceText = (contenders: readonly Contender[], bestMs: number, { metric }: Tail): readonly string[] =>
  contenders.flatMap((contender) => {
    const ms = meanOf(contender, metric);
    if (!contender.isReference || ms === null) return [];
    return [
      `The reference ${contender.label}, which knows what no router can know, reaches ${msText(ms)}: ` +
        (bestMs < (1 - LEAST_SHARE) * ms
          ? `the best policy is ${percentText(1 - bestMs / ms, 0)} below it, so it is no bound here.`
          : `the best policy is ${percentText(Math.max(0, bestMs / ms - 1), 0)} above it.`),
    ];
  });
