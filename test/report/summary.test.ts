import { describe, expect, test } from 'vitest';
import type { Event, Outcome } from '../../core/event/event.ts';
import { summarise } from '../../report/summary.ts';
import { terminalReport } from '../../report/terminal-report.ts';

const run = (policy: string): Event => ({
  kind: 'run',
  atMs: 0,
  schema: 1,
  policy,
  scenario: 'test',
  hash: 'abcdef0123456789',
  host: 'local',
  shaper: 'relay',
  constellation: 'starlink-s1, physical',
  profiles: { ashburn: 'h100-llama8b, grade B' },
  seed: 1,
  warmUpMs: 1000,
  durationMs: 11_000,
  requests: 3,
  slo: { ttftMs: 100, tpotMs: 20 },
});

const generator = (over: Partial<Extract<Event, { kind: 'generator' }>> = {}): Event => ({
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

/** A request whose first token takes `ttftMs` and whose `tokens` come 10 ms apart. */
const request = (
  id: number,
  intendedAtMs: number,
  {
    ttftMs = 50,
    tokens = 11,
    outcome = 'answered',
    endpoint = 'a/fibre',
  }: { ttftMs?: number; tokens?: number; outcome?: Outcome; endpoint?: string } = {},
): Event[] => [
  {
    kind: 'sent',
    atMs: intendedAtMs + 1,
    request: id,
    client: 'c',
    intendedAtMs,
    promptTokens: 5,
    outputTokens: tokens,
  },
  { kind: 'routed', atMs: intendedAtMs + 2, request: id, attempt: 1, endpoint },
  { kind: 'received', atMs: intendedAtMs + 12.5, request: id, node: 'a' },
  { kind: 'scheduled', atMs: intendedAtMs + 15, request: id, node: 'a' },
  { kind: 'first-token', atMs: intendedAtMs + ttftMs, request: id },
  {
    kind: 'finished',
    atMs: intendedAtMs + ttftMs + (tokens - 1) * 10,
    request: id,
    outcome,
    tokens,
    status: outcome === 'answered' ? 'OK' : 'UNAVAILABLE',
  },
];

const made = { commit: 'c0ffee', machine: 'm' };

describe('a summary', () => {
  test('measures from the intended start: TTFT, TPOT and E2E as the README defines them', () => {
    const { policies } = summarise([run('p'), ...request(0, 2000), generator()], made);
    expect(policies.p).toMatchObject({
      requests: 1,
      answered: 1,
      ttftMs: { p50: 50, p99: 50, mean: 50 },
      tpotMs: { p50: 10 },
      e2eMs: { p50: 150 },
      queueMs: { p50: 2.5 },
    });
  });

  test('I1: counts every measured request under exactly one outcome, open ones too', () => {
    const outcomes: readonly Outcome[] = ['answered', 'failed', 'refused', 'cancelled', 'dropped', 'open'];
    const events = outcomes.flatMap((outcome, id) => request(id, 2000 + id, { outcome }));
    const unfinished = request(9, 3000).filter(({ kind }) => kind !== 'finished');
    const policy = summarise([run('p'), ...events, ...unfinished, generator()], made).policies.p!;
    expect(policy).toMatchObject({
      requests: 7,
      answered: 1,
      failed: 1,
      refused: 1,
      cancelled: 1,
      dropped: 1,
      open: 2,
    });
  });

  test('leaves out what was intended in the warm-up', () => {
    const { policies } = summarise([run('p'), ...request(0, 999), ...request(1, 1000), generator()], made);
    expect(policies.p!.requests).toBe(1);
  });

  test('counts for goodput what met every objective, and for attainment over all that was offered', () => {
    const events = [
      ...request(0, 2000),
      ...request(1, 2000, { ttftMs: 101 }),
      ...request(2, 2000, { outcome: 'failed' }),
      ...request(3, 2000, { tokens: 1 }),
    ];
    const policy = summarise([run('p'), ...events, generator()], made).policies.p!;
    expect(policy.goodput).toBe(0.2); // 2 in 10 s
    expect(policy.attainment).toBe(0.5);
  });

  test('tells shares by endpoint and medium', () => {
    const events = [0, 1, 2, 3].flatMap((id) => request(id, 2000, { endpoint: id === 0 ? 'b/laser' : 'a/fibre' }));
    const policy = summarise([run('p'), ...events, generator()], made).policies.p!;
    expect(policy.byMedium).toMatchObject({ fibre: { requests: 3, share: 0.75 }, laser: { requests: 1, share: 0.25 } });
    expect(Object.keys(policy.byEndpoint)).toEqual(['a/fibre', 'b/laser']);
  });

  test('sets what a path did against its plan, and leaves out what an outage touched', () => {
    const link = (atMs: number, up: boolean): Event => ({
      kind: 'link',
      atMs,
      link: 'a/fibre/forward',
      up,
      delayUs: 10_000,
      jitterUs: 0,
      lossRate: 0,
      rateKbps: 0,
    });
    const events = [
      link(0, true),
      ...request(0, 2000),
      link(2900, false),
      ...request(1, 2950),
      link(3000, true),
      ...request(2, 3100),
    ];
    const policy = summarise([run('p'), ...events, generator()], made).policies.p!;
    expect(policy.delayErrorMs).toMatchObject({ samples: 1, p50: 0.5 });
  });

  test('sets probes against both directions of their path, from the end of the warm-up on', () => {
    const link = (name: string): Event => {
      return { kind: 'link', atMs: 0, link: name, up: true, delayUs: 10_000, jitterUs: 0, lossRate: 0, rateKbps: 0 };
    };
    const probe = (atMs: number, rttMs: number): Event => ({ kind: 'probe', atMs, path: 'a/fibre', rttMs });
    const links = [link('a/fibre/forward'), link('a/fibre/back')];
    const summary = summarise([run('p'), ...links, probe(900, 90), probe(1000, 20.25), generator()], made);
    expect(summary.policies.p!.probeErrorMs).toMatchObject({ samples: 1, p50: 0.25, p99: 0.25 });
    expect(summary.policies.p!.probeErrorMsByPath['a/fibre']).toMatchObject({ samples: 1, p50: 0.25 });
    expect(terminalReport(summary).join('\n')).toMatch(/^p .* \+0\.25 +\+0\.25$/m);
  });

  test('does not mind an event that a clock ahead put before the one that sent its request', () => {
    const [sent, ...rest] = request(0, 2000);
    expect(summarise([run('p'), ...rest, sent!, generator()], made).policies.p!.answered).toBe(1);
  });

  test.each([
    ['sent late', generator({ lagP99Ms: 1.6 }), 'sent 1.6 ms late'],
    ['sent too little', generator({ sent: 2 }), 'sent 2 of 3'],
    ['never reported', null, 'did not report'],
    [
      'lost a node',
      { kind: 'fault', atMs: 5, part: 'node a', reason: 'stopped by SIGKILL' } as Event,
      'node a stopped by SIGKILL',
    ],
  ])('is invalid when the load generator or the run %s', (_, event, reason) => {
    const events = event?.kind === 'fault' ? [generator(), event] : event === null ? [] : [event];
    const summary = summarise([run('p'), ...request(0, 2000), ...events], made);
    expect(summary.valid).toBe(false);
    expect(summary.policies.p!.invalidBecause.join()).toContain(reason);
    expect(terminalReport(summary).join('\n')).toContain('INVALID p:');
  });

  test.each([
    [{ lateP99Ms: 10.1 }, 'node a fell behind: its steps ended 10.1 ms late at p99, above 10 ms'],
    [{ longestSilenceMs: 100 }, 'node a fell silent for 100 ms, at or above 100 ms'],
  ])('is invalid when a node did not keep its own step clock: %j', (over, reason) => {
    const well = { steps: 9, lateP50Ms: 0.1, lateP99Ms: 10, lateMaxMs: 99, longestSilenceMs: 99.9 };
    const lateness: Event = { kind: 'lateness', atMs: 11_000, node: 'a', ...well };
    const reasons = (event: Event) => summarise([run('p'), generator(), event], made).policies.p!.invalidBecause;
    expect(reasons(lateness)).toEqual([]);
    expect(reasons({ ...lateness, ...over })).toEqual([reason]);
  });

  test('is invalid when more than a hundredth of the probes of a path have no answer', () => {
    const probes = Array.from({ length: 99 }, (_, index): Event => {
      return { kind: 'probe', atMs: 2000 + index, path: 'a/fibre', rttMs: 20 };
    });
    const lost = (count: number): Event => {
      return { kind: 'probes-lost', atMs: 3000, untilMs: 3100, path: 'a/fibre', lost: count };
    };
    const reasons = (...events: Event[]) =>
      summarise([run('p'), generator(), ...probes, ...events], made).policies.p!.invalidBecause;
    expect(reasons(lost(1))).toEqual([]);
    expect(reasons(lost(2))).toEqual(['path a/fibre: 2 of 101 probes unanswered']);
  });

  test('says when a p99 rests on too few answers', () => {
    expect(summarise([run('p'), ...request(0, 2000), generator()], made).policies.p!.notes).toEqual([
      'p99 rests on 1 answers; 459 are needed for confidence',
    ]);
  });

  test('has no figure where nothing was measured, and still prints', () => {
    const summary = summarise([run('p'), generator()], made);
    expect(summary.policies.p!.ttftMs).toEqual({ p50: null, p90: null, p95: null, p99: null, mean: null });
    expect(terminalReport(summary).join('\n')).toMatch(/^p +- +- +-/m);
  });
});
