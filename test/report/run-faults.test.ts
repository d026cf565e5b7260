import { describe, expect, test } from 'vitest';
import type { Event, RunEvent } from '../../core/event/event.ts';
import { summarise } from '../../report/summary.ts';
import type { RunResult } from '../../report/summary-schema.ts';
import { terminalReport } from '../../report/terminal-report.ts';
import { ended, generatorEvent, linkEvent, requestEvents, runEvent, silentRequest } from './logged-run.ts';

const machine = 'm';
const answered = [0, 1, 2].flatMap((id) => requestEvents(id, 2000));
const whole: readonly Event[] = [...answered, generatorEvent(), ended()];
const run = (over: Partial<RunEvent> = {}): RunEvent => runEvent({ requests: 3, ...over });
const resultOf = (events: readonly Event[], of = run()): RunResult => summarise([of, ...events], { machine }).runs[0]!;
const reasonsOf = (events: readonly Event[], of = run()): readonly string[] => resultOf(events, of).invalidBecause;
const without = (kind: Event['kind']): readonly Event[] => whole.filter((event) => event.kind !== kind);

describe('a run', () => {
  test('is valid where nothing is missing of it', () => {
    expect(resultOf(whole)).toMatchObject({ valid: true, invalidBecause: [] });
  });

  test.each<readonly [string, readonly Event[], string]>([
    ['whose generator sent late', [...without('generator'), generatorEvent({ lagP99Ms: 1.6 })], 'sent 1.6 ms late'],
    ['whose generator sent too little', [...without('generator'), generatorEvent({ sent: 2 })], 'sent 2 of 3'],
    ['whose generator never reported', without('generator'), 'did not report'],
    [
      'that lost a node',
      [...whole, { kind: 'fault', atMs: 5, part: 'node a', reason: 'stopped by SIGKILL' }],
      'node a stopped by SIGKILL',
    ],
    ['that was killed', without('ended'), 'the log ends before the run does'],
    [
      'that was interrupted',
      [...without('ended'), ended({ atMs: 4000, isInterrupted: true })],
      'interrupted after 4.0 s of 11 s: these figures are partial',
    ],
    [
      'of which a request is missing',
      [...requestEvents(0, 2000), generatorEvent(), ended()],
      'has 1 of the 3 requests',
    ],
    [
      'that dropped requests',
      [...whole, ...silentRequest(2, 2000, 'dropped')],
      '1 of 3 requests were dropped: too many were in flight',
    ],
    [
      'that dropped requests in its warm-up',
      [...whole, ...silentRequest(2, 500, 'dropped')],
      '1 of 3 requests were dropped',
    ],
    [
      'that ended before its answers did',
      [...whole, ...silentRequest(2, 2000, 'open')],
      '1 of 3 requests were still open when the run ended',
    ],
  ])('%s is not valid, and says so everywhere', (_, events, reason) => {
    const summary = summarise([run(), ...events], { machine });
    expect(summary.runs[0]!.invalidBecause.join('\n')).toContain(reason);
    expect([summary.valid, summary.runs[0]!.valid]).toEqual([false, false]);
    expect(summary.invalidBecause.join('\n')).toContain(`p: ${summary.runs[0]!.invalidBecause[0]}`);
    const text = terminalReport(summary).join('\n');
    expect(text).toMatch(/: INVALID(, partial)?\n/);
    expect(text).toMatch(new RegExp(`^INVALID p: .*${reason.replaceAll(/[()]/g, '.')}`, 'm'));
  });

  test('that was interrupted does not also blame its generator and its log for what was never sent', () => {
    const stopped = [
      ...requestEvents(0, 2000),
      generatorEvent({ sent: 1 }),
      ended({ atMs: 4000, isInterrupted: true }),
    ];
    expect(reasonsOf(stopped)).toHaveLength(1);
  });

  test('lists a repeated fault once', () => {
    const fault: Event = { kind: 'fault', atMs: 5, part: 'router', reason: 'stumbled' };
    expect(reasonsOf([...whole, fault, fault, fault])).toEqual(['router stumbled (3 times)']);
  });

  test('is not valid where lines of its log are lost or cannot be read', () => {
    const { runs, valid } = summarise([run(), ...whole], { machine, missing: () => ({ lost: 4, torn: 1 }) });
    expect(valid).toBe(false);
    expect(runs[0]!.invalidBecause).toEqual([
      'the disk did not take up to 4 events of the log',
      '1 lines of the log cannot be read',
    ]);
  });
});

describe('a path that is never up', () => {
  const simulated = run({ host: 'simulate' }); // without probes
  const dead = [
    linkEvent('a/laser/forward', { up: false }),
    linkEvent('a/laser/forward', { atMs: 500, up: false }),
    linkEvent('a/laser/back'),
    linkEvent('a/fibre/forward', { up: false }),
    linkEvent('a/fibre/forward', { atMs: 100 }),
    linkEvent('a/fibre/back'),
  ];

  test('is named in a note, and does not make a run invalid that did not need it', () => {
    const result = resultOf([...dead, ...whole], simulated);
    expect(result).toMatchObject({ valid: true, figures: { neverUp: ['a/laser'] } });
    expect(result.notes).toContain('path a/laser was never up');
  });

  test('is told from one that is up for a part of the run, of which the note says how long', () => {
    const part = [
      linkEvent('b/laser/forward', { up: false }),
      linkEvent('b/laser/forward', { atMs: 9000 }),
      linkEvent('b/laser/back'),
      linkEvent('c/laser/forward'),
      linkEvent('c/laser/forward', { atMs: 1000, up: false }),
      linkEvent('c/laser/forward', { atMs: 1200 }),
      linkEvent('c/laser/back'),
    ];
    const { notes, valid } = resultOf([...part, ...whole], simulated);
    expect(valid).toBe(true);
    expect(notes.filter((note) => note.includes('laser'))).toEqual(['path b/laser was up 25 % of the run']);
  });

  test('makes a run invalid that sent requests over it', () => {
    const sent = requestEvents(0, 2000, { endpoint: 'a/laser' });
    expect(reasonsOf([...dead, ...whole, ...sent], simulated)).toEqual([
      'path a/laser was never up, and 1 requests depended on it',
    ]);
  });

  test('makes a run invalid whose clients are behind it', () => {
    const access = [linkEvent('c/access/forward', { up: false }), linkEvent('c/access/back', { up: false })];
    expect(reasonsOf([...access, ...whole], simulated)).toEqual([
      'path c/access was never up, and 3 requests depended on it',
    ]);
  });

  test('makes a run invalid whose router knew of it and refused a request at once', () => {
    const refused = [...requestEvents(0, 2000), ...requestEvents(1, 2000), ...silentRequest(2, 2000, 'failed')];
    expect(reasonsOf([...dead, ...refused, generatorEvent(), ended()], simulated)).toEqual([
      'path a/laser was never up, and 1 requests depended on it',
    ]);
  });
});

describe('probing', () => {
  const links = [linkEvent('a/fibre/forward'), linkEvent('a/fibre/back')];
  const probe = (atMs: number): Event => ({ kind: 'probe', atMs, path: 'a/fibre', rttMs: 20 });
  const probesUntil = (untilMs: number): readonly Event[] =>
    Array.from({ length: untilMs / 100 }, (_, index) => probe(index * 100));

  test('that continues to the end is no fault', () => {
    expect(reasonsOf([...links, ...probesUntil(12_000), ...whole])).toEqual([]);
  });

  test.each<readonly [string, readonly Event[], string]>([
    ['stops', probesUntil(6000), 'for 6.1 s from 5.9 s on'],
    ['never began', [], 'for 12.0 s from 0.0 s on'],
    ['stood still in the middle', [...probesUntil(1000), probe(6500), probe(11_000)], 'for 5.6 s from 0.9 s on'],
  ])('that %s makes a live run invalid, by path', (_, probes, when) => {
    expect(reasonsOf([...links, ...probes, ...whole])).toEqual([`no probe of path a/fibre came back ${when}`]);
    expect(reasonsOf([...links, ...probes, ...whole], run({ host: 'simulate' }))).toEqual([]);
  });

  test('is not missed while a path is down, nor for as long again', () => {
    const outage = [linkEvent('a/fibre/back', { atMs: 3000, up: false }), linkEvent('a/fibre/back', { atMs: 6000 })];
    expect(reasonsOf([...links, ...outage, ...probesUntil(3000), ...whole])).toEqual([]);
    expect(reasonsOf([...links, ...outage, ...probesUntil(3000), ...whole, ended({ atMs: 15_000 })])).toHaveLength(1);
  });
});

describe('a live figure', () => {
  const probes = (rttMs: number): readonly Event[] => [
    linkEvent('a/fibre/forward'),
    linkEvent('a/fibre/back'),
    ...Array.from({ length: 12 }, (_, index): Event => ({ kind: 'probe', atMs: 1000 * index, path: 'a/fibre', rttMs })),
  ];

  test('is invalid where realised minus planned is above 5 % of it, and takes its run along', () => {
    const { figures, invalidBecause, valid } = resultOf([...probes(23), ...whole]);
    expect(figures.invalidBecause.map(({ figure, errorMs }) => [figure, errorMs])).toEqual([
      ['ttftMs.p50', 3],
      ['ttftMs.p90', 3],
      ['ttftMs.p95', 3],
      ['ttftMs.p99', 3],
    ]);
    expect(valid).toBe(false);
    expect(invalidBecause[0]).toBe('ttftMs.p50: timing errors of 3.0 ms are above 5 % of 50.0 ms');
  });

  test('is invalid where messages came early, too', () => {
    expect(resultOf([...probes(17), ...whole]).figures.invalidBecause).toHaveLength(4);
  });

  test('may be late by less', () => {
    expect(resultOf([...probes(22), ...whole]).figures.invalidBecause).toEqual([]);
  });

  test('is invalid where the load generator was late by more than 5 % of it', () => {
    const late = generatorEvent({ lagP50Ms: 0.1, lagP99Ms: 2.6 });
    const { figures } = resultOf([...without('generator'), late]);
    expect(figures.invalidBecause.map(({ figure }) => figure)).toEqual(['ttftMs.p90', 'ttftMs.p95', 'ttftMs.p99']);
  });

  test('of requests is judged by the delays that they met', () => {
    const links = [linkEvent('a/fibre/forward', { delayUs: 7000 })]; // they took 10.5 ms
    expect(resultOf([...links, ...whole]).figures.invalidBecause).toHaveLength(4);
  });

  test('does not count jitter that the plan cannot know as an error', () => {
    const jittery = [linkEvent('a/fibre/forward', { jitterUs: 2000 }), linkEvent('a/fibre/back')];
    expect(
      resultOf([...jittery, ...probes(23).slice(2), ...whole], run({ shaper: 'netem' })).figures.invalidBecause,
    ).toEqual([]);
  });

  test('of a simulated run has no timing error', () => {
    const links = [linkEvent('a/fibre/forward', { delayUs: 7000 })];
    const { figures, valid } = resultOf([...links, ...whole], run({ host: 'simulate' }));
    expect([figures.invalidBecause, valid]).toEqual([[], true]);
  });
});
