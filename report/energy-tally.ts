import type { Event } from '../core/event/event.ts';
import { round } from './distribution.ts';
import type { EnergyFigures, EnergySummary } from './summary-schema.ts';

type EnergyEvent = Extract<Event, { kind: 'energy' }>;

/** Sums over the readings of one node. Null is unknown. */
interface Sums {
  joules: number;
  durationMs: number;
  outputTokens: number;
  busyMs: number;
  cappedMs: number;
  throttledMs: number;
  outMs: number;
  usd: number | null;
  gCo2: number | null;
  maxTempC: number | null;
  leastBatteryShare: number | null;
}

/** What the nodes used over a whole run, warm-up included: one sum a node, for any number of readings. */
export class EnergyTally {
  readonly #byNode = new Map<string, Sums>();

  add({ node, batteryShare, ...reading }: EnergyEvent): void {
    this.#sum(node, { ...reading, leastBatteryShare: batteryShare });
  }

  merge(other: EnergyTally): void {
    for (const [node, sums] of other.#byNode) this.#sum(node, sums);
  }

  /** `answers` are those that each node gave, `providers` who owns it, as far as that is known. Null where no node was metered. */
  figures({ answers, providers }: NodesKnown): EnergySummary | null {
    if (this.#byNode.size === 0) return null;
    const names = [...this.#byNode.keys()].sort();
    const together = (nodes: readonly string[]): EnergyFigures =>
      figuresOf(nodes.map((node) => this.#byNode.get(node)!).reduce(sumOf), {
        nodes: nodes.length,
        answers: nodes.reduce((sum, node) => sum + (answers.get(node) ?? 0), 0),
      });
    const byProvider = Map.groupBy(
      names.filter((node) => providers?.[node] !== undefined),
      (node) => providers![node]!,
    );
    return {
      overall: together(names),
      byProvider: Object.fromEntries(
        [...byProvider.keys()].sort().map((provider) => [provider, together(byProvider.get(provider)!)]),
      ),
      byNode: Object.fromEntries(names.map((name) => [name, together([name])])),
    };
  }

  #sum(node: string, more: Sums): void {
    const sums = this.#byNode.get(node);
    this.#byNode.set(node, sums === undefined ? sumOf(more, NOTHING) : sumOf(sums, more));
  }
}

interface NodesKnown {
  readonly answers: ReadonlyMap<string, number>;
  readonly providers: Readonly<Record<string, string>> | undefined;
}

const NOTHING: Sums = {
  joules: 0,
  durationMs: 0,
  outputTokens: 0,
  busyMs: 0,
  cappedMs: 0,
  throttledMs: 0,
  outMs: 0,
  usd: 0,
  gCo2: 0,
  maxTempC: null,
  leastBatteryShare: null,
};

const sumOf = (a: Sums, b: Sums): Sums => ({
  joules: a.joules + b.joules,
  durationMs: a.durationMs + b.durationMs,
  outputTokens: a.outputTokens + b.outputTokens,
  busyMs: a.busyMs + b.busyMs,
  cappedMs: a.cappedMs + b.cappedMs,
  throttledMs: a.throttledMs + b.throttledMs,
  outMs: a.outMs + b.outMs,
  usd: bothKnown(a.usd, b.usd),
  gCo2: bothKnown(a.gCo2, b.gCo2),
  maxTempC: extreme(Math.max, a.maxTempC, b.maxTempC),
  leastBatteryShare: extreme(Math.min, a.leastBatteryShare, b.leastBatteryShare),
});

const bothKnown = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

const extreme = (of: (a: number, b: number) => number, a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : of(a, b);

const figuresOf = (
  sums: Sums,
  { nodes, answers }: { readonly nodes: number; readonly answers: number },
): EnergyFigures => {
  const { joules, durationMs, outputTokens, busyMs, usd, gCo2, maxTempC, leastBatteryShare } = sums;
  const each = (total: number | null): number | null =>
    total === null || outputTokens === 0 ? null : round(total / outputTokens);
  return {
    joules: round(joules),
    meanW: durationMs === 0 ? null : round((joules * 1000 * nodes) / durationMs),
    outputTokens,
    jPerOutputToken: each(joules),
    usd: usd === null ? null : roundSmall(usd),
    usdPerMillionTokens: each(usd === null ? null : usd * 1e6),
    answers,
    usdPerAnswer: usd === null || answers === 0 ? null : roundSmall(usd / answers),
    gCo2: gCo2 === null ? null : roundSmall(gCo2),
    gCo2PerMillionTokens: each(gCo2 === null ? null : gCo2 * 1e6),
    cappedShare: shareOf(sums.cappedMs, busyMs),
    throttledShare: shareOf(sums.throttledMs, busyMs),
    outShare: shareOf(sums.outMs, durationMs),
    maxTempC: maxTempC === null ? null : round(maxTempC),
    leastBatteryShare: leastBatteryShare === null ? null : round(leastBatteryShare),
  };
};

const shareOf = (partMs: number, wholeMs: number): number => (wholeMs === 0 ? 0 : round(partMs / wholeMs));

/** A run of a minute costs fractions of a cent. */
const roundSmall = (value: number): number => Math.round(value * 1e8) / 1e8;
