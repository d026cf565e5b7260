import type { AnswerGaps, Event, Outcome, RunEvent } from '../../core/event/event.ts';

/** The event that opens a run of up to 1000 requests, a warm-up of a second and ten seconds measured. */
export const runEvent = (over: Partial<RunEvent> = {}, policy = 'p'): RunEvent => ({
  kind: 'run',
  atMs: 0,
  schema: 2,
  key: { variant: policy, policy, params: {}, seed: 1, repetition: 1, overrides: {} },
  scenario: 'test',
  hash: 'abcdef0123456789',
  fileHash: 'f'.repeat(64),
  host: 'local',
  shaper: 'relay',
  constellation: 'starlink-s1, physical',
  profiles: { ashburn: 'h100-llama8b, grade B' },
  knowledge: { kind: 'slots' },
  commit: null,
  ratePerS: 1,
  warmUpMs: 1000,
  durationMs: 11_000,
  requests: 1000,
  slo: { ttftMs: 100, tpotMs: 20 },
  ...over,
});

export const generatorEvent = (over: Partial<Extract<Event, { kind: 'generator' }>> = {}): Event => ({
  kind: 'generator',
  atMs: 11_000,
  offered: 3,
  sent: 3,
  lagP50Ms: 0.1,
  lagP99Ms: 0.5,
  eventLoopP99Ms: 1,
  cpuMs: 10,
  ...over,
});

export const ended = (over: Partial<Extract<Event, { kind: 'ended' }>> = {}): Event => ({
  kind: 'ended',
  atMs: 12_000,
  isInterrupted: false,
  ...over,
});

export const linkEvent = (link: string, over: Partial<Extract<Event, { kind: 'link' }>> = {}): Event => ({
  kind: 'link',
  atMs: 0,
  link,
  up: true,
  delayUs: 10_000,
  jitterUs: 0,
  lossRate: 0,
  rateKbps: 0,
  ...over,
});

export interface RequestLogged {
  readonly ttftMs?: number;
  readonly tokens?: number;
  readonly outcome?: Outcome;
  readonly endpoint?: string;
  readonly client?: string;
  readonly gaps?: AnswerGaps;
}

export const sentAt = (request: number, intendedAtMs: number, client = 'c'): Event => ({
  kind: 'sent',
  atMs: intendedAtMs + 1,
  request,
  client,
  intendedAtMs,
  promptTokens: 5,
  outputTokens: 11,
});

/**
 * The events of a request whose first token takes `ttftMs`, whose `tokens` come 10 ms apart, and whose status comes 5 ms after
 * the last.
 */
export const requestEvents = (id: number, intendedAtMs: number, of: RequestLogged = {}): readonly Event[] => {
  const { ttftMs = 50, tokens = 11, outcome = 'answered', endpoint = 'a/fibre', client = 'c', gaps } = of;
  const at = { request: id, attempt: 1, node: 'a' };
  const lastTokenAtMs = intendedAtMs + ttftMs + (tokens - 1) * 10;
  return [
    sentAt(id, intendedAtMs, client),
    { kind: 'routed', atMs: intendedAtMs + 2, request: id, attempt: 1, endpoint },
    { kind: 'received', atMs: intendedAtMs + 12.5, ...at },
    { kind: 'scheduled', atMs: intendedAtMs + 15, ...at },
    { kind: 'first-token', atMs: intendedAtMs + ttftMs, request: id },
    { kind: 'served', atMs: lastTokenAtMs - 9, ...at, outcome, tokens },
    {
      kind: 'finished',
      atMs: lastTokenAtMs + 5,
      request: id,
      outcome,
      tokens,
      lastTokenAtMs,
      ...(gaps && { gaps }),
      status: outcome === 'answered' ? 'OK' : 'UNAVAILABLE',
    },
  ];
};

/** A request that never got anything back: with no first token and, unless `outcome` says otherwise, open. */
export const silentRequest = (
  id: number,
  intendedAtMs: number,
  outcome: Outcome = 'open',
  client = 'c',
): readonly Event[] => [
  sentAt(id, intendedAtMs, client),
  { kind: 'finished', atMs: 12_000, request: id, outcome, tokens: 0, status: 'CANCELLED' },
];
