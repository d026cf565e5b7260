import { describe, expect, test } from 'vitest';
import { sessionRows } from '../../benchmarks/sessions/session-rows.ts';
import { type SessionSamples, SessionTally } from '../../benchmarks/sessions/session-samples.ts';
import type { Event } from '../../core/event/event.ts';

const sent = (request: number, intendedAtMs: number, name: string): Event => ({
  ...{ kind: 'sent', atMs: intendedAtMs, request, client: 'c', intendedAtMs, promptTokens: 100, outputTokens: 5 },
  class: name,
});

describe('the table of sessions', () => {
  test('counts what came after the warm-up, by class, from the intended start', () => {
    const tally = new SessionTally(1000);
    tally.add(sent(0, 999, 'a'));
    tally.add({ kind: 'first-token', atMs: 1100, request: 0 });
    tally.add(sent(1, 1000, 'a'));
    tally.add({ kind: 'scheduled', atMs: 1005, request: 1, attempt: 1, node: 'n', cachedTokens: 64 });
    tally.add({ kind: 'first-token', atMs: 1030, request: 1 });
    tally.add(sent(2, 1001, 'b'));
    tally.add({ kind: 'finished', atMs: 1200, request: 2, outcome: 'failed', tokens: 0, status: 'UNAVAILABLE' });
    const a = { ttftsMs: [30], promptTokens: 100, cachedTokens: 64, requests: 1, unanswered: 0 };
    const b = { ttftsMs: [], promptTokens: 100, cachedTokens: 0, requests: 1, unanswered: 1 };
    expect(Object.fromEntries(tally.byClass)).toEqual({
      a,
      b,
      '': { ttftsMs: [30], promptTokens: 200, cachedTokens: 64, requests: 2, unanswered: 1 },
    });
  });

  test('compares policies seed by seed', () => {
    const run = (ttftMs: number): SessionSamples => ({
      ttftsMs: [ttftMs],
      ...{ promptTokens: 100, cachedTokens: 25, requests: 1, unanswered: 0 },
    });
    const rows = sessionRows(
      new Map([
        ['random', [run(100), run(300)]],
        ['sticky', [run(50), run(150)]],
      ]),
      'random',
    );
    expect(rows.at(-1)).toBe(
      '| sticky | 25.0 % | 100 (-535 to 735) | 100 (-535 to 735) | 50 (50 to 50) % | 50 (50 to 50) % |',
    );
  });
});
