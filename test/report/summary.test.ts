import { describe, expect, test } from 'vitest';
import { type Event, OUTCOMES, type Outcome } from '../../core/event/event.ts';
import { summarise } from '../../report/summary.ts';
import type { RunFigures, RunResult } from '../../report/summary-schema.ts';
import { terminalReport } from '../../report/terminal-report.ts';
import { ended, generatorEvent, linkEvent, requestEvents, runEvent, sentAt, silentRequest } from './logged-run.ts';

const machine = 'm';
const summaryOf = (events: readonly Event[], run = runEvent()) =>
  summarise([run, ...events, generatorEvent(), ended()], { machine });
const resultOf = (events: readonly Event[], run = runEvent()): RunResult => summaryOf(events, run).runs[0]!;
const figuresOf = (events: readonly Event[], run = runEvent()): RunFigures => resultOf(events, run).figures;

describe('the figures of a run', () => {
  test('measure from the intended start: TTFT, TPOT and E2E as the README defines them', () => {
    expect(figuresOf(requestEvents(0, 2000))).toMatchObject({
      requests: 1,
      answered: 1,
      ttftMs: { n: 1, censored: 0, p50: 50, p99: 50, mean: 50, max: 50, ci95: null },
      ttftFromSendMs: { p50: 49 },
      tpotMs: { p50: 10 },
      queueMs: { p50: 2.5 },
      serviceMs: { p50: 126 },
    });
  });

  test('take the last token for the end of an answer, not its status', () => {
    expect(figuresOf(requestEvents(0, 2000)).e2eMs).toMatchObject({ n: 1, p50: 150 });
  });

  test('I1: count every measured request under exactly one outcome, open ones too', () => {
    const events = OUTCOMES.flatMap((outcome, id) => requestEvents(id, 2000 + id, { outcome }));
    const unfinished = requestEvents(9, 3000).filter(({ kind }) => kind !== 'finished');
    expect(figuresOf([...events, ...unfinished])).toMatchObject({
      requests: 8,
      answered: 1,
      failed: 1,
      refused: 1,
      cancelled: 1,
      dropped: 1,
      open: 2,
      interrupted: 1,
    });
  });

  test('of an interrupted run judge by the objectives only requests that have met or missed them', () => {
    const cut = { outcome: 'interrupted' } as const;
    const events = [
      ...requestEvents(0, 2000),
      ...requestEvents(1, 2000, { ...cut, ttftMs: 50 }), // could still have met both
      ...requestEvents(2, 2000, { ...cut, ttftMs: 101 }), // its first token was late already
      ...silentRequest(3, 4950, cut.outcome), // had 50 ms left
      ...silentRequest(4, 4800, cut.outcome), // had waited for longer than it may
    ];
    const { runs } = summarise([runEvent(), ...events, ended({ atMs: 5000, isInterrupted: true })], { machine });
    const { figures, partial } = runs[0]!;
    expect(figures).toMatchObject({ requests: 5, answered: 1, failed: 0, interrupted: 4 });
    expect(figures.attainment).toBe(0.3333);
    expect(figures.ttftMs).toMatchObject({ n: 5, censored: 2 });
    expect(partial).toBe(true);
  });

  test('of an interrupted run count a request without its last line as interrupted, too', () => {
    const unfinished = requestEvents(0, 2000).filter(({ kind }) => kind !== 'finished');
    const { runs } = summarise([runEvent(), ...unfinished, ended({ atMs: 5000, isInterrupted: true })], { machine });
    expect(runs[0]!.figures).toMatchObject({ requests: 1, open: 0, interrupted: 1, attainment: null });
  });

  test('leave out what was intended in the warm-up: from counts, percentiles, shares and attempts', () => {
    const slow = requestEvents(0, 999, { ttftMs: 9000, endpoint: 'b/laser' });
    const figures = figuresOf([...slow, ...requestEvents(1, 1000)]);
    expect(figures).toMatchObject({
      requests: 1,
      answered: 1,
      ttftMs: { n: 1, p99: 50, max: 50 },
      ttftFromSendMs: { n: 1 },
      tpotMs: { n: 1 },
      e2eMs: { n: 1, p99: 150 },
      queueMs: { n: 1 },
      serviceMs: { n: 1 },
      by: { region: { c: { requests: 1 } } },
    });
    expect(Object.keys(figures.by.endpoint!)).toEqual(['a/fibre']);
    expect(Object.keys(figures.by.medium!)).toEqual(['fibre']);
  });

  test('count for goodput what met every objective, and for attainment over all that was offered', () => {
    const figures = figuresOf([
      ...requestEvents(0, 2000),
      ...requestEvents(1, 2000, { ttftMs: 101 }),
      ...requestEvents(2, 2000, { outcome: 'failed' }),
      ...requestEvents(3, 2000, { tokens: 1 }),
      ...silentRequest(4, 2000, 'dropped'),
    ]);
    expect(figures).toMatchObject({ measuredMs: 10_000, goodputPerS: 0.2, offeredPerS: 0.5, answeredPerS: 0.3 });
    expect(figures.attainment).toBe(0.4);
  });

  test('of an interrupted run divide by the time really measured', () => {
    const stopped = ended({ atMs: 3000, isInterrupted: true });
    const { runs } = summarise([runEvent(), ...requestEvents(0, 2000), generatorEvent(), stopped], { machine });
    expect(runs[0]!.figures).toMatchObject({ measuredMs: 2000, goodputPerS: 0.5, offeredPerS: 0.5 });
    expect(runs[0]!.invalidBecause).toContain('interrupted after 3.0 s of 11 s: these figures are partial');
  });

  test('of a run that was interrupted in its warm-up have no rates', () => {
    const stopped = ended({ atMs: 500, isInterrupted: true });
    const { runs } = summarise([runEvent(), generatorEvent(), stopped], { machine });
    expect(runs[0]!.figures).toMatchObject({ measuredMs: 0, goodputPerS: null, attainment: null });
  });

  test('rank a request without a first token above all that have one, however it ended', () => {
    const outcomes: readonly Outcome[] = ['failed', 'refused', 'cancelled', 'dropped', 'open'];
    const lost = outcomes.flatMap((outcome, index) => silentRequest(index, 2000, outcome));
    const seen = Array.from({ length: 95 }, (_, index) =>
      requestEvents(10 + index, 2000, { ttftMs: 50 + index }),
    ).flat();
    const { ttftMs, e2eMs } = figuresOf([...lost, ...seen]);
    expect(ttftMs).toMatchObject({ n: 100, censored: 5, p50: 99.5, p95: null, p99: null, mean: null, max: 144 });
    expect(e2eMs).toMatchObject({ n: 100, censored: 5, p50: 199.5, p99: null });
  });

  test('count a first token whether or not its answer ended', () => {
    const { ttftMs, e2eMs, tpotMs } = figuresOf([
      ...requestEvents(0, 2000, { outcome: 'open' }),
      ...requestEvents(1, 2000, { ttftMs: 60 }),
    ]);
    expect(ttftMs).toMatchObject({ n: 2, censored: 0, p50: 55 });
    expect(e2eMs).toMatchObject({ n: 2, censored: 1, p50: null });
    expect(tpotMs).toMatchObject({ n: 2, censored: 1 });
  });

  test('are by attempt for queueing, service and delay error: a retry changes none of them', () => {
    const at = { request: 0, node: 'a' };
    const figures = figuresOf([
      linkEvent('a/fibre/forward'),
      linkEvent('b/fibre/forward', { delayUs: 30_000 }),
      sentAt(0, 2000),
      { kind: 'routed', atMs: 2002, request: 0, attempt: 1, endpoint: 'a/fibre' },
      { kind: 'received', atMs: 2012, ...at, attempt: 1 },
      { kind: 'scheduled', atMs: 2015, ...at, attempt: 1 },
      { kind: 'routed', atMs: 5000, request: 0, attempt: 2, endpoint: 'b/fibre' },
      { kind: 'served', atMs: 5001, ...at, attempt: 1, outcome: 'failed', tokens: 0 },
      { kind: 'received', atMs: 5030, request: 0, node: 'b', attempt: 2 },
      { kind: 'scheduled', atMs: 5031, request: 0, node: 'b', attempt: 2 },
      { kind: 'served', atMs: 5051, request: 0, node: 'b', attempt: 2, outcome: 'answered', tokens: 2 },
      { kind: 'first-token', atMs: 5100, request: 0 },
      { kind: 'finished', atMs: 5110, request: 0, outcome: 'answered', tokens: 2, lastTokenAtMs: 5105, status: 'OK' },
    ]);
    expect(figures).toMatchObject({
      requests: 1,
      retried: 1,
      ttftMs: { n: 1, p50: 3100 },
      queueMs: { n: 2, censored: 0, p50: 2, max: 3 },
      serviceMs: { n: 2, censored: 1, max: 20 },
      delayErrorMs: { n: 2, p50: 0, max: 0 },
      by: { endpoint: { 'b/fibre': { requests: 1 } } },
    });
  });

  test('rank an attempt that waited at its node until the end above all queueing seen, and leave out one that was refused', () => {
    const waiting = (id: number): readonly Event[] => requestEvents(id, 2000).slice(0, 3);
    const refused = [
      ...waiting(2),
      { kind: 'served', atMs: 2013, request: 2, attempt: 1, node: 'a', outcome: 'refused', tokens: 0 } as const,
    ];
    const { queueMs } = figuresOf([...requestEvents(0, 2000), ...waiting(1), ...refused]);
    expect(queueMs).toMatchObject({ n: 2, censored: 1, p99: null, max: 2.5 });
  });

  test('have shares by endpoint and medium', () => {
    const events = [0, 1, 2, 3].flatMap((id) =>
      requestEvents(id, 2000, { endpoint: id === 0 ? 'b/laser' : 'a/fibre' }),
    );
    const { medium, endpoint } = figuresOf(events).by;
    expect(medium).toMatchObject({ fibre: { requests: 3, share: 0.75 }, laser: { requests: 1, share: 0.25 } });
    expect(Object.keys(endpoint!)).toEqual(['a/fibre', 'b/laser']);
  });

  test('set what a path did against its plan, and leave out what an outage touched', () => {
    const link = (atMs: number, up: boolean): Event => linkEvent('a/fibre/forward', { atMs, up });
    const events = [
      link(0, true),
      ...requestEvents(0, 2000),
      link(2900, false),
      ...requestEvents(1, 2950),
      link(3000, true),
      ...requestEvents(2, 3100),
    ];
    expect(figuresOf(events).delayErrorMs).toMatchObject({ n: 1, p50: 0.5 });
  });

  test('set only prompts that fit the first window of TCP against the plan: longer ones wait for acknowledgements', () => {
    const prompted = (id: number, promptTokens: number): readonly Event[] =>
      requestEvents(id, 2000).map((event) => (event.kind === 'sent' ? { ...event, promptTokens } : event));
    const events = [linkEvent('a/fibre/forward', { atMs: 0, up: true }), ...prompted(0, 3500), ...prompted(1, 3700)];
    const { delayErrorMs, queueMs } = figuresOf(events);
    expect(delayErrorMs.n).toBe(1);
    expect(queueMs.n).toBe(2);
  });

  test('set probes against both directions of their path, from the end of the warm-up on', () => {
    const probe = (atMs: number, rttMs: number): Event => ({ kind: 'probe', atMs, path: 'a/fibre', rttMs });
    const links = [linkEvent('a/fibre/forward'), linkEvent('a/fibre/back')];
    const summary = summaryOf([...links, probe(900, 90), probe(1000, 20.25)]);
    const { probeErrorMs, probeErrorMsByPath } = summary.runs[0]!.figures;
    expect(probeErrorMs).toMatchObject({ n: 1, p50: 0.25, p99: 0.25 });
    expect(probeErrorMsByPath['a/fibre']).toMatchObject({ n: 1, p50: 0.25 });
    expect(terminalReport(summary).join('\n')).toMatch(/^p .* \+0\.25 +\+0\.25$/m);
  });

  test('do not mind an event that a clock ahead put before the one that sent its request', () => {
    const [sent, ...rest] = requestEvents(0, 2000);
    expect(figuresOf([...rest, sent!])).toMatchObject({ answered: 1, ttftMs: { p50: 50 } });
  });

  test('leave out requests of others, whatever number they give them', () => {
    const others = [-1, 1000, 2 ** 52].flatMap((request) => requestEvents(request, 2000));
    expect(figuresOf([...others, ...requestEvents(0, 2000)]).requests).toBe(1);
  });

  test('are null where nothing came', () => {
    const summary = summaryOf([]);
    expect(summary.runs[0]!.figures.ttftMs).toEqual({
      n: 0,
      censored: 0,
      mean: null,
      p50: null,
      p90: null,
      p95: null,
      p99: null,
      p999: null,
      max: null,
      ci95: null,
    });
    expect(terminalReport(summary).join('\n')).toMatch(/^p +- +- +-/m);
  });
});

describe('a summary', () => {
  test('has the key of each run', () => {
    const key = {
      variant: 'eager',
      policy: 'ephemeris',
      params: { handoverMs: 3 },
      seed: 7,
      repetition: 2,
      overrides: { ratePerS: 5 },
    };
    const { key: ofResult, conditions } = resultOf(
      [],
      runEvent({ key, dataPath: 'frames', ratePerS: 5, knowledge: { kind: 'none' } }),
    );
    expect(ofResult).toEqual(key);
    expect(conditions).toEqual({
      hash: 'abcdef0123456789',
      shaper: 'relay',
      dataPath: 'frames',
      ratePerS: 5,
      durationMs: 11_000,
      warmUpMs: 1000,
      knowledge: { kind: 'none' },
      slo: { ttftMs: 100, tpotMs: 20 },
    });
  });

  test('keeps runs apart, in their order, and is valid only where each is', () => {
    const broken: Event = { kind: 'fault', atMs: 5, part: 'node a', reason: 'stopped by SIGKILL' };
    const { valid, invalidBecause, runs } = summarise(
      [
        ...[runEvent({ requests: 1 }, 'one'), ...requestEvents(0, 2000), generatorEvent(), ended()],
        ...[runEvent({ requests: 1 }, 'two'), ...requestEvents(0, 2000), broken, generatorEvent(), ended()],
      ],
      { machine },
    );
    expect(runs.map(({ key, valid: isValid }) => [key.variant, isValid])).toEqual([
      ['one', true],
      ['two', false],
    ]);
    expect([valid, invalidBecause]).toEqual([false, ['two: node a stopped by SIGKILL']]);
  });

  test('of a log without a run throws', () => {
    expect(() => summarise([], { machine })).toThrow('a log without a run');
  });

  test('notes percentiles with too few first tokens, by the limits of MLPerf', () => {
    const weakOf = (events: readonly Event[]): readonly string[] =>
      resultOf(events).notes.filter((note) => note.includes('rests on'));
    expect(weakOf(requestEvents(0, 2000))).toEqual([
      'p99 rests on 1 first tokens; it needs 662',
      'p99.9 rests on 1 first tokens; it needs 6636',
    ]);
    const many = (count: number): readonly Event[] =>
      Array.from({ length: count }, (_, id) => requestEvents(id, 2000)).flat();
    expect(weakOf(many(662))).toHaveLength(1);
    expect(weakOf([...many(661), ...silentRequest(999, 2000)])).toHaveLength(2);
  });

  test('prints a percentile among requests without a first token as above the largest seen', () => {
    const text = terminalReport(summaryOf([...requestEvents(0, 2000), ...silentRequest(1, 2000)])).join('\n');
    expect(text).toMatch(/^p +> 50\.0 +> 50\.0 +> 50\.0 +> 150 /m);
    expect(terminalReport(summaryOf(silentRequest(1, 2000))).join('\n')).toMatch(/^p +none +none +none/m);
  });

  test('has a column each for failures and for what else went wrong, where it did', () => {
    const text = terminalReport(summaryOf([...silentRequest(0, 2000, 'failed'), ...silentRequest(1, 2000, 'open')]));
    const [title, , row] = text.slice(3);
    expect(title).toMatch(/requests +failed +open +delay/);
    expect(row).toMatch(/ 2 +1 +1 +- /);
  });
});

test('response and service time are told apart in the terminal where the load left late', () => {
  const late = (id: number, lateMs: number): readonly Event[] =>
    requestEvents(id, 2000).map((event) => (event.kind === 'sent' ? { ...event, atMs: 2000 + lateMs } : event));
  const lines = (lateMs: number): string => terminalReport(summaryOf(late(0, lateMs))).join('\n');
  expect(lines(40)).toMatch(/E2E p99 +from send +TPOT/);
  expect(lines(40)).toMatch(/ 150 +110 +10\.0 /);
  expect(lines(1)).not.toContain('from send');
});
