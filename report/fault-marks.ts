import type { Event } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';

type Injected = Extract<Event, { kind: 'injected' }>;
type NotPlayed = Extract<Event, { kind: 'not-played' }>;

/** A fault that was played: what, of whom, and when. */
export interface FaultSpan {
  /** Such as `crash of node ashburn`. */
  readonly what: string;
  readonly fromMs: Ms;
  /** Null for a fault that lasted to the end of the run. */
  readonly untilMs: Ms | null;
}

/** What went wrong on purpose in a run, in the order of time. */
export const faultSpans = (injected: readonly Injected[]): readonly FaultSpan[] => {
  const ends = injected.filter(({ state }) => state === 'ended').toSorted(byTime);
  const began = injected.filter(({ state }) => state === 'began').toSorted(byTime);
  return began.map((begin) => {
    const end = ends.findIndex((one) => keyOf(one) === keyOf(begin) && one.atMs >= begin.atMs);
    const untilMs = end < 0 ? null : ends.splice(end, 1)[0]!.atMs;
    return { what: keyOf(begin), fromMs: begin.atMs, untilMs };
  });
};

/** What went wrong on purpose in a run, and what could not be played, a line each. */
export const faultMarks = (injected: readonly Injected[], notPlayed: readonly NotPlayed[]): string[] => [
  ...faultSpans(injected).map(({ what, fromMs, untilMs }) => `fault ${what} ${span(fromMs, untilMs)}`),
  ...notPlayed.map(({ of, fault, reason }) => `fault ${fault} of ${of} was not played as planned: ${reason}`),
];

const byTime = (a: Injected, b: Injected): number => a.atMs - b.atMs;

const keyOf = (event: Injected): string => {
  const of = 'node' in event ? `node ${event.node}` : 'path' in event ? `path ${event.path}` : routerOf(event);
  return `${event.fault === 'rst' ? 'reset' : event.fault} of ${of}`;
};

const routerOf = ({ router }: Extract<Injected, { readonly router: unknown }>): string =>
  router === true ? 'the router' : `router ${router}`;

const span = (fromMs: Ms, untilMs: Ms | null): string => {
  const from = seconds(fromMs);
  if (untilMs === null) return `from ${from} s on`;
  const until = seconds(untilMs);
  return from === until ? `at ${from} s` : `from ${from} to ${until} s`;
};

/** A fault from before the run counts from its start. */
const seconds = (ms: Ms): string => (Math.max(0, ms) / 1000).toFixed(2);
