import type { Event, HostKind, Outcome } from '../core/event/event.ts';
import { seededRng } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import { type Distribution, distribution, round } from './distribution.ts';
import { type EnergySummary, energySummary } from './energy-figures.ts';
import { latenessFaults } from './lateness-faults.ts';
import { LinkPlan } from './link-plan.ts';
import { type ProbeErrors, probeErrors } from './probe-errors.ts';
import { probeLosses, probeLossFaults } from './probe-losses.ts';
import { e2eMs, type RequestRecord, requestRecords, tpotMs, ttftMs } from './request-record.ts';

export interface Share {
  readonly requests: number;
  /** Of all routed requests, 0 to 1. */
  readonly share: number;
  readonly ttftMs: Distribution;
}

/** What came of one policy. Counts are over requests intended after the warm-up, and add up to `requests`. */
export interface PolicySummary extends Readonly<Record<Exclude<Outcome, never>, number>> {
  readonly requests: number;
  readonly ttftMs: Distribution;
  readonly tpotMs: Distribution;
  readonly e2eMs: Distribution;
  /** From arrival at the node to its first scheduled chunk. */
  readonly queueMs: Distribution;
  /** Requests that met every objective, per second. */
  readonly goodput: number;
  /** Requests that met every objective, over all offered. */
  readonly attainment: number;
  readonly byMedium: Readonly<Record<string, Share>>;
  readonly byEndpoint: Readonly<Record<string, Share>>;
  readonly byClient: Readonly<Record<string, Share>>;
  /** One-way delay from router to node, realised minus planned, outside outages. */
  readonly delayErrorMs: Distribution & { readonly samples: number };
  /** Round trips of the probes that crossed the paths beside the load, realised minus planned, outside outages. */
  readonly probeErrorMs: ProbeErrors;
  readonly probeErrorMsByPath: Readonly<Record<string, ProbeErrors>>;
  /** Null where no node was metered. */
  readonly energy: EnergySummary | null;
  readonly generator: {
    readonly lagP50Ms: Ms;
    readonly lagP99Ms: Ms;
    readonly eventLoopP99Ms: Ms;
    readonly cpuMs: Ms;
  } | null;
  /** Why these figures must not be used; empty when they may. */
  readonly invalidBecause: readonly string[];
  /** What to keep in mind when using them. */
  readonly notes: readonly string[];
}

export interface Summary {
  readonly schema: 1;
  readonly scenario: { readonly name: string; readonly hash: string };
  readonly host: HostKind;
  readonly shaper: string;
  /** Which satellites flew, and in which mode they were computed. */
  readonly constellation: string;
  /** What each node of the scenario is, with the grade of its profile. */
  readonly profiles: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly commit: string;
  readonly machine: string;
  readonly valid: boolean;
  readonly slo: { readonly ttftMs: Ms; readonly tpotMs: Ms };
  readonly policies: Readonly<Record<string, PolicySummary>>;
}

type RunEvent = Extract<Event, { kind: 'run' }>;
type GeneratorEvent = Extract<Event, { kind: 'generator' }>;

/** One policy's part of a log. */
interface Section {
  readonly run: RunEvent;
  readonly events: Event[];
}

/** Computes the summary of a log: nothing but its events goes in, beside what made it. */
export const summarise = (
  events: Iterable<Event>,
  made: { readonly commit: string; readonly machine: string },
): Summary => {
  const sections = sectionsOf(events);
  const [first] = sections;
  if (first === undefined) throw new RangeError('a log without a run has no summary');
  const policies = Object.fromEntries(sections.map((section) => [section.run.policy, policySummary(section)]));
  const { scenario, hash, host, shaper, constellation, profiles, seed, slo } = first.run;
  return {
    schema: 1,
    scenario: { name: scenario, hash },
    host,
    shaper,
    constellation,
    profiles,
    seed,
    ...made,
    valid: Object.values(policies).every((policy) => policy.invalidBecause.length === 0),
    slo,
    policies,
  };
};

const sectionsOf = (events: Iterable<Event>): readonly Section[] => {
  const sections: Section[] = [];
  for (const event of events) {
    if (event.kind === 'run') sections.push({ run: event, events: [] });
    else sections.at(-1)?.events.push(event);
  }
  return sections;
};

const policySummary = ({ run, events }: Section): PolicySummary => {
  const records = requestRecords(events);
  const faults = events.filter((event) => event.kind === 'fault').map(({ part, reason }) => `${part} ${reason}`);
  const generator = events.find((event) => event.kind === 'generator') ?? null;
  const measured = [...records.values()].filter((record) => record.intendedAtMs >= run.warmUpMs);
  const answered = measured.filter((record) => record.outcome === 'answered');
  const good = answered.filter(
    (record) => ttftMs(record) <= run.slo.ttftMs && !(tpotMs(record) > run.slo.tpotMs),
  ).length;
  const measuredMs = run.durationMs - run.warmUpMs;
  const e2e = distribution(answered.map(e2eMs));
  const routed = measured.filter((record) => record.endpoint !== undefined);
  const plan = new LinkPlan(events);
  const probes = events.filter((event) => event.kind === 'probe').filter(({ atMs }) => atMs >= run.warmUpMs);
  const jitter = run.shaper === 'relay' ? 'by-time' : 'by-packet';
  const probed = probeErrors(probes, { plan, jitter, rng: seededRng(run.seed) });
  const losses = probeLosses(
    events.filter(({ atMs }) => atMs >= run.warmUpMs),
    plan,
  );
  return {
    requests: measured.length,
    ...countsOf(measured),
    ttftMs: distribution(answered.map(ttftMs)),
    tpotMs: distribution(answered.map(tpotMs)),
    e2eMs: e2e,
    queueMs: distribution(
      measured.map((record) => (record.scheduledAtMs ?? Number.NaN) - (record.receivedAtMs ?? Number.NaN)),
    ),
    goodput: measuredMs > 0 ? round((good * 1000) / measuredMs) : 0,
    attainment: measured.length === 0 ? 0 : round(good / measured.length),
    byMedium: sharesBy(routed, (record) => mediumOf(record.endpoint!)),
    byEndpoint: sharesBy(routed, (record) => record.endpoint!),
    byClient: sharesBy(measured, (record) => record.client),
    delayErrorMs: delayError(routed, plan),
    probeErrorMs: probed.all,
    probeErrorMsByPath: probed.byPath,
    energy: energySummary(events),
    generator: generator && {
      lagP50Ms: round(generator.lagP50Ms),
      lagP99Ms: round(generator.lagP99Ms),
      eventLoopP99Ms: round(generator.eventLoopP99Ms),
      cpuMs: Math.round(generator.cpuMs),
    },
    invalidBecause: [
      ...faults,
      ...generatorFaults(generator, run, e2e),
      ...latenessFaults(events),
      ...probeLossFaults(losses),
    ],
    notes: notesOf(answered.length),
  };
};

const OUTCOMES: readonly Outcome[] = ['answered', 'failed', 'refused', 'cancelled', 'dropped', 'open'];

const countsOf = (records: readonly RequestRecord[]): Record<Outcome, number> => {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const record of records) counts[record.outcome]++;
  return counts;
};

/** A run is only worth its figures if the load was the one intended. Source: the limits of `lagLimitMs` and 99 % of the offer. */
const generatorFaults = (generator: GeneratorEvent | null, run: RunEvent, e2e: Distribution): readonly string[] => {
  if (generator === null) return run.host === 'simulate' ? [] : ['the load generator did not report on itself'];
  const reasons: string[] = [];
  const limitMs = lagLimitMs(e2e.p50);
  if (generator.lagP99Ms > limitMs) {
    reasons.push(
      `the load generator sent ${generator.lagP99Ms.toFixed(1)} ms late at p99, above ${limitMs.toFixed(1)} ms`,
    );
  }
  if (generator.sent < 0.99 * generator.offered) {
    reasons.push(`the load generator sent ${generator.sent} of ${generator.offered} requests, below 99 %`);
  }
  return reasons;
};

/** How late a generator may send at p99: 1 % of the median response time, at most 5 ms. */
const lagLimitMs = (e2eP50Ms: Ms | null): Ms => Math.min(5, 0.01 * (e2eP50Ms ?? 500));

/** Samples that a p99 needs at least. Source: MLPerf inference, early stopping at 99 % confidence. */
const P99_SAMPLES = 459;

const notesOf = (answered: number): readonly string[] =>
  answered < P99_SAMPLES ? [`p99 rests on ${answered} answers; ${P99_SAMPLES} are needed for confidence`] : [];

/** Endpoints are named `node/medium`. */
const mediumOf = (endpoint: string): string => endpoint.slice(endpoint.lastIndexOf('/') + 1);

const sharesBy = (
  records: readonly RequestRecord[],
  nameOf: (record: RequestRecord) => string,
): Readonly<Record<string, Share>> => {
  const groups = Map.groupBy(records, nameOf);
  return Object.fromEntries(
    [...groups.keys()].sort().map((name) => {
      const group = groups.get(name)!;
      const ttft = distribution(group.filter((record) => record.outcome === 'answered').map(ttftMs));
      return [name, { requests: group.length, share: round(group.length / records.length), ttftMs: ttft }];
    }),
  );
};

/** After an outage, what waited flushes and the links' queues drain: no plan for that long. */
const SETTLE_MS = 500;

const delayError = (routed: readonly RequestRecord[], plan: LinkPlan): PolicySummary['delayErrorMs'] => {
  const errors = routed.flatMap((record) => {
    if (record.receivedAtMs === undefined || record.routedAtMs === undefined) return [];
    const plannedUs = plan.delayUs(`${record.endpoint}/forward`, record.routedAtMs, SETTLE_MS);
    return plannedUs === null ? [] : [record.receivedAtMs - record.routedAtMs - plannedUs / 1000];
  });
  return { ...distribution(errors), samples: errors.length };
};
