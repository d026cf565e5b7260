import type { Event } from '../../../core/event/event.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { chaosOutcome } from '../chaos-outcome.ts';
import type { FaultWindow } from './fault-window.ts';

/** What one fault of a run cost, by its log. */
export interface FaultCost {
  /** Requests that were sent to what it hit in the two seconds before it: without any the rest says nothing. */
  readonly sentBefore: number;
  /** Requests that ended without an answer before their first token: all, and those whose attempts were used up. */
  readonly lostUnbegun: number;
  readonly ofThoseTriedUp: number;
  /** The same of requests that had begun: an answer cannot be moved. */
  readonly cut: number;
  /** From the fault to the last request that was sent there while it lasted; 0 for none. */
  readonly leftAfterMs: Ms;
  /** How long that may be; null where the router goes on. */
  readonly mayLeaveAfterMs: Ms | null;
  /** Attempts after the first, of requests that had one at what it hit, and of others. */
  readonly extraAttempts: number;
  readonly extraElsewhere: number;
  /** The most attempts that a request had. */
  readonly mostAttempts: number;
  /** How many extra attempts the budget of retries allows: without an answer, and with what answers gave back; null for no budget. */
  readonly budget: { readonly least: number; readonly most: number } | null;
}

/** What the router may do again. */
export interface AttemptLimits {
  readonly maxAttempts: number;
  readonly retry: { readonly budgetTokens: number; readonly budgetPerSuccess: number };
}

/** Computes it. */
export const faultCost = (
  events: readonly Event[],
  window: FaultWindow,
  { maxAttempts, retry }: AttemptLimits,
): FaultCost => {
  const { fromMs, untilMs, judgedUntilMs, hit } = window;
  const seen = events.filter(({ atMs }) => atMs < judgedUntilMs);
  const { sentBefore, lostUnbegun, lostStreaming, movedMs } = chaosOutcome(seen, { fromMs, untilMs, hit });
  const answers = seen.filter(
    (event) => event.kind === 'finished' && event.outcome === 'answered' && event.atMs >= fromMs,
  );
  const begun = new Set(seen.flatMap((event) => (event.kind === 'first-token' ? [event.request] : [])));
  const ended = new Set(
    seen.flatMap((event) => (event.kind === 'finished' && event.atMs < fromMs ? [event.request] : [])),
  );
  const attempts = Map.groupBy(
    seen.filter((event) => event.kind === 'routed').filter(({ request }) => !ended.has(request)),
    ({ request }) => request,
  );
  const triesOf = (request: number): number =>
    Math.max(0, ...(attempts.get(request) ?? []).map(({ attempt }) => attempt));
  const later = [...attempts.values()].map((own) => ({
    isHit: own.some(({ endpoint }) => endpoint.startsWith(hit)),
    extra: own.filter(({ attempt, atMs }) => attempt > 1 && atMs >= fromMs).length,
  }));
  const extraOf = (wanted: boolean): number =>
    later.reduce((sum, { isHit, extra }) => sum + (isHit === wanted ? extra : 0), 0);
  return {
    sentBefore,
    lostUnbegun,
    ofThoseTriedUp: seen.filter(
      (event) =>
        event.kind === 'finished' &&
        event.atMs >= fromMs &&
        event.outcome !== 'answered' &&
        !begun.has(event.request) &&
        triesOf(event.request) >= maxAttempts,
    ).length,
    cut: lostStreaming,
    leftAfterMs: movedMs ?? 0,
    mayLeaveAfterMs: mayLeaveAfterMs(seen, window),
    extraAttempts: extraOf(true),
    extraElsewhere: extraOf(false),
    mostAttempts: Math.max(0, ...[...attempts.keys()].map(triesOf)),
    budget: budgetOf(retry, answers.length),
  };
};

/** Tokens down to the half are spent on extra attempts. */
const budgetOf = ({ budgetTokens, budgetPerSuccess }: AttemptLimits['retry'], answers: number): FaultCost['budget'] => {
  if (budgetTokens === 0) return null;
  const least = Math.ceil(budgetTokens / 2);
  return { least, most: least + Math.ceil(budgetPerSuccess * answers) };
};

const mayLeaveAfterMs = (events: readonly Event[], { leaves, hit, fromMs, untilMs }: FaultWindow): Ms | null => {
  if (leaves === null) return null;
  if ('withinMs' in leaves) return leaves.withinMs;
  const endpoints = new Map(
    events.flatMap((event) =>
      event.kind === 'routed' && event.endpoint.startsWith(hit)
        ? [[`${event.request} ${event.attempt}`, event.endpoint] as const]
        : [],
    ),
  );
  /** Failures in a row, by endpoint: answers that began before the fault end in between. */
  const rows = new Map<string, number>();
  for (const event of events.toSorted((a, b) => a.atMs - b.atMs)) {
    if (event.kind !== 'served' || event.atMs < fromMs) continue;
    const endpoint = endpoints.get(`${event.request} ${event.attempt}`);
    if (endpoint === undefined) continue;
    const row = event.outcome === 'answered' ? 0 : (rows.get(endpoint) ?? 0) + 1;
    rows.set(endpoint, row);
    if (row === leaves.afterFailures) return event.atMs - fromMs + WAY_BACK_MS;
  }
  return untilMs - fromMs; // so many did not fail in a row
};

/** The router hears of a failure after the way back from the node. */
const WAY_BACK_MS: Ms = 75;
