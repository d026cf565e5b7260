import type { AnswerGaps, Event } from './event.ts';

/**
 * What the log keeps of an event: a copy whose instants have a tenth of a microsecond, finer than any clock here can measure, and every
 * other number in full. JSON has no NaN and no infinity: an event with one of them becomes a `fault` that says so.
 */
export const loggedEvent = (event: Event): Event => {
  const quickly = keptQuickly(event);
  if (quickly !== null) return quickly;
  try {
    return kept(event);
  } catch (error) {
    if (!(error instanceof NotFinite)) throw error;
    return unwritableFault(event, error.message);
  }
};

class NotFinite extends Error {}

const kept = <Part extends object>(of: Part): Part => {
  const copy = (Array.isArray(of) ? [...of] : { ...of }) as Part;
  // Not `for in`, which V8 compiles for the shapes that it has seen, and again for each that comes new.
  for (const key of Object.keys(of) as (keyof Part & string)[]) {
    const value: unknown = of[key];
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw new NotFinite(`${key} ${value}`);
      if (isInstant(key)) copy[key] = tenths(value) as Part[typeof key];
    } else if (typeof value === 'object' && value !== null) {
      copy[key] = kept(value) as Part[typeof key];
    }
  }
  return copy;
};

/**
 * The same for the events of each request, whose keys are known; null for others, and where a number is not finite: then the sum is
 * not, either.
 *
 * Hot path: each request has seven of these, and a walk over the keys of each takes a tenth of the time of a simulation.
 */
const keptQuickly = (event: Event): Event | null => {
  const { kind, atMs } = event;
  switch (kind) {
    case 'sent': {
      const { intendedAtMs, request, promptTokens, outputTokens, turn = 0 } = event;
      if (!Number.isFinite(atMs + intendedAtMs + request + promptTokens + outputTokens + turn)) return null;
      return { ...event, atMs: tenths(atMs), intendedAtMs: tenths(intendedAtMs) };
    }
    case 'routed':
      if (!Number.isFinite(atMs + event.request + event.attempt + (event.expectedMs ?? 0))) return null;
      return { ...event, atMs: tenths(atMs) };
    case 'received':
      return Number.isFinite(atMs + event.request + event.attempt) ? { ...event, atMs: tenths(atMs) } : null;
    case 'scheduled':
      return Number.isFinite(atMs + event.request + event.attempt) ? { ...event, atMs: tenths(atMs) } : null;
    case 'served':
      if (!Number.isFinite(atMs + event.request + event.attempt + event.tokens)) return null;
      return { ...event, atMs: tenths(atMs) };
    case 'first-token':
      return Number.isFinite(atMs + event.request) ? { ...event, atMs: tenths(atMs) } : null;
    case 'finished': {
      const { request, tokens, retries = 0, lastTokenAtMs, gaps = NO_GAPS } = event;
      const { n, maxMs, stalls, overMs } = gaps;
      const ofGaps = n + maxMs + stalls + overMs;
      if (!Number.isFinite(atMs + request + tokens + retries + (lastTokenAtMs ?? 0) + ofGaps)) return null;
      if (lastTokenAtMs === undefined) return { ...event, atMs: tenths(atMs) };
      return { ...event, atMs: tenths(atMs), lastTokenAtMs: tenths(lastTokenAtMs) };
    }
    default:
      return null;
  }
};

const NO_GAPS: AnswerGaps = { n: 0, maxMs: 0, stalls: 0, overMs: 0 };

const tenths = (atMs: number): number => Math.round(atMs * 1e4) / 1e4;

/** The keys of an event that are no text. */
type Numbers<Kind extends Event['kind']> = keyof {
  [Key in keyof Extract<Event, { kind: Kind }> as Extract<Event, { kind: Kind }>[Key] extends string | undefined
    ? never
    : Key]: true;
};

/** This is no longer `true` when one of those events gets a number that `keptQuickly` does not look at. */
type IsComplete = [
  Exclude<Numbers<'sent'>, 'atMs' | 'intendedAtMs' | 'request' | 'promptTokens' | 'outputTokens' | 'turn'>,
  Exclude<Numbers<'routed'>, 'atMs' | 'request' | 'attempt' | 'expectedMs'>,
  Exclude<Numbers<'received' | 'scheduled'>, 'atMs' | 'request' | 'attempt'>,
  Exclude<Numbers<'served'>, 'atMs' | 'request' | 'attempt' | 'tokens'>,
  Exclude<Numbers<'first-token'>, 'atMs' | 'request'>,
  Exclude<Numbers<'finished'>, 'atMs' | 'request' | 'tokens' | 'retries' | 'lastTokenAtMs' | 'gaps'>,
] extends never[]
  ? true
  : never;
true satisfies IsComplete;

const isInstant = (key: string): boolean => key.endsWith('tMs') && (key === 'atMs' || key.endsWith('AtMs'));

const unwritableFault = ({ kind, atMs }: Event, what: string): Event => ({
  kind: 'fault',
  atMs: Number.isFinite(atMs) ? atMs : 0,
  part: 'log',
  reason: `left out an event "${kind}" with ${what}, which is no number that can be written`,
});
