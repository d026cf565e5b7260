import { describe, expect, test } from 'vitest';
import { methodsOf, request, setUp, Told } from './engine-under-test.ts';

describe('an engine', () => {
  test('answers after ingest, the step of its prompt, and a step a token', () => {
    const { clock, engine } = setUp({ ingestMs: 10 });
    const told = new Told();
    expect(engine.submit(request(1, 100, 2), told)).toEqual({ kind: 'accepted' });
    clock.runUntil(1000);
    const prefillEndsMs = 10 + 1.2 + 5.46 + (100 * 50 * 1.3) / 1e6 + 0.05;
    const decodeEndsMs = prefillEndsMs + 1.2 + 5.46 + 101 * 0.000077 + 0.05;
    const times = told.lines.map((line) => Number(line.split(' ')[1]));
    expect(told.lines.map((line) => line.split(' ')[0])).toEqual(['scheduled', 'tokens', 'tokens', 'answered']);
    expect(times[0]).toBe(10);
    expect(times[1]).toBeCloseTo(prefillEndsMs, 9);
    expect(times[2]).toBeCloseTo(decodeEndsMs, 9);
    expect(times[3]).toBe(times[2]);
  });

  test('lets all sequences of a step emit at its end', () => {
    const { clock, engine } = setUp();
    const [first, second] = [new Told(), new Told()];
    engine.submit(request(1, 100, 5), first);
    engine.submit(request(2, 900, 5), second);
    clock.runUntil(1000);
    expect(first.lines).toEqual(second.lines);
  });

  test('refuses what never fits, what is empty and what contradicts itself, with no hope for a retry', () => {
    const { engine } = setUp({ limits: { kvTokens: 160 } });
    const refused = (reason: string) => ({ kind: 'refused', reason, retryAfterMs: null });
    expect(engine.submit(request(1, 0, 5), new Told())).toEqual(refused('empty-prompt'));
    expect(engine.submit({ ...request(1, 5, 5), maxOutputTokens: 4 }, new Told())).toEqual(
      refused('bad-output-length'),
    );
    expect(engine.submit(request(1, 150, 12), new Told())).toEqual(refused('too-long'));
    expect(engine.submit(request(1, 150, 11), new Told())).toEqual({ kind: 'accepted' });
    engine.close();
    expect(engine.submit(request(2, 5, 5), new Told())).toEqual(refused('closed'));
  });

  test('with a full queue refuses with a hint, and has room again later', () => {
    const { clock, engine } = setUp({ limits: { maxNumSeqs: 1, maxWaiting: 2 } });
    const accepted = [1, 2].map((id) => engine.submit(request(id, 100, 1000), new Told()).kind);
    expect(accepted).toEqual(['accepted', 'accepted']);
    expect(engine.submit(request(3, 100, 5), new Told())).toEqual({
      kind: 'refused',
      reason: 'queue-full',
      retryAfterMs: 100,
    });
    clock.runUntil(5000);
    expect(engine.submit(request(3, 100, 5), new Told()).kind).toBe('accepted');
    const late = engine.submit(request(4, 100, 5), new Told());
    expect(late).toEqual({ kind: 'refused', reason: 'queue-full', retryAfterMs: 500 });
  });

  test('frees the blocks of a cancelled request at once, in the middle of a step', () => {
    const { clock, engine } = setUp();
    const told = new Told();
    engine.submit(request(1, 1000, 100), told);
    clock.runUntil(100);
    expect(engine.report(100)).toMatchObject({ running: 1 });
    expect(engine.report(100).kvUsage).toBeGreaterThan(0);
    engine.cancel(1);
    expect(engine.report(100)).toMatchObject({ running: 0, waiting: 0, kvUsage: 0, pendingPromptTokens: 0 });
    const tokens = told.tokens;
    clock.runUntil(10_000);
    engine.cancel(1);
    expect([told.ends, told.tokens]).toEqual([['cancelled'], tokens]);
  });

  test('gives a request up at its deadline, queued or half answered', () => {
    const { clock, engine } = setUp({ limits: { maxNumSeqs: 1 } });
    const [running, waiting] = [new Told(), new Told()];
    engine.submit(request(1, 100, 1000, 200), running);
    engine.submit(request(2, 100, 1000, 50), waiting);
    clock.runUntil(10_000);
    expect(running.lines.at(-1)).toBe('expired 200');
    expect(waiting.lines).toEqual(['expired 50']);
    expect(engine.report(10_000).kvUsage).toBe(0);
  });

  test('lets a listener cancel any request, also one of the same step', () => {
    const { clock, engine } = setUp();
    const [first, second] = [new Told(), new Told()];
    engine.submit(request(1, 100, 1), { ...methodsOf(first), onTokens: () => engine.cancel(2) });
    engine.submit(request(2, 100, 1), second);
    clock.runUntil(1000);
    expect([first.ends, second.ends, second.tokens]).toEqual([['answered'], ['cancelled'], 0]);
  });

  test('tells nothing more of a request that ended while its first step was computed', () => {
    const { clock, engine } = setUp();
    const told = new Told();
    engine.submit(request(1, 3000, 5), new Told());
    engine.submit(request(2, 3000, 5), told);
    clock.runUntil(10);
    engine.cancel(2);
    clock.runUntil(10_000);
    expect(told.lines).toEqual(['cancelled 10']);
  });

  test('that closes ends each request once, whatever who hears of an end does', () => {
    const { engine } = setUp();
    const [first, second] = [new Told(), new Told()];
    engine.submit(request(1, 5, 5), {
      onScheduled: () => {},
      onTokens: () => {},
      onEnd: (end, atMs) => {
        first.onEnd(end, atMs);
        engine.cancel(2);
      },
    });
    engine.submit(request(2, 5, 5), second);
    engine.close();
    expect([first.ends, second.ends]).toEqual([['failed'], ['cancelled']]);
  });

  test('that closes fails what is open', () => {
    const { clock, engine } = setUp();
    const told = new Told();
    engine.submit(request(1, 100, 1000), told);
    clock.runUntil(100);
    engine.close();
    clock.runUntil(10_000);
    expect(told.ends).toEqual(['failed']);
  });

  test('reports the steps it took and what a prompt token added to them', () => {
    const { clock, engine } = setUp();
    expect(engine.report(0)).toMatchObject({ stepMs: 0, prefillMsPerToken: 0 });
    engine.submit(request(1, 100, 3000), new Told());
    clock.runUntil(2000);
    expect(engine.report(2000).stepMs).toBeCloseTo(6.72, 0);
    for (let id = 2; id < 40; id++) engine.submit(request(id, 2048, 1), new Told());
    clock.runUntil(10_000);
    const linearAndAttentionMs = 0.025 + (1024 * 1.3) / 1e6 - 5.46 / 2048; // a prompt token hides behind the weights
    expect(engine.report(10_000).prefillMsPerToken).toBeCloseTo(linearAndAttentionMs, 3);
  });
});

describe('the life of an engine', () => {
  test('begins with a time in which it refuses all, and says when to come again', () => {
    const { clock, engine } = setUp({ more: { startedAtMs: 2000 } });
    expect(engine.submit(request(1, 10, 1), new Told())).toEqual({
      kind: 'refused',
      reason: 'starting',
      retryAfterMs: 2000,
    });
    clock.runUntil(2000);
    expect(engine.submit(request(1, 10, 1), new Told()).kind).toBe('accepted');
  });

  test.each(['by itself', 'when told'])('ends with a drain, %s: nobody new, but everyone who is here', (how) => {
    const { clock, engine } = setUp({
      limits: { maxNumSeqs: 1 },
      more: how === 'by itself' ? { drainsAtMs: 100 } : {},
    });
    const [running, waiting] = [new Told(), new Told()];
    engine.submit(request(1, 100, 50), running);
    engine.submit(request(2, 100, 50), waiting);
    clock.runUntil(100);
    if (how === 'when told') engine.drain();
    expect(engine.submit(request(3, 10, 1), new Told())).toMatchObject({ reason: 'draining', retryAfterMs: null });
    clock.runUntil(10_000);
    expect([...running.ends, ...waiting.ends]).toEqual(['answered', 'answered']);
  });
});

describe('a step of an engine', () => {
  test('takes longer in a virtual machine, by its share', () => {
    const endOf = (overhead: number): number => {
      const { clock, engine } = setUp({ more: { overhead } });
      const told = new Told();
      engine.submit(request(1, 100, 1), told);
      clock.runUntil(1000);
      return Number(told.lines.at(-1)!.split(' ')[1]);
    };
    expect(endOf(0.06) / endOf(0)).toBeCloseTo(1.06, 9);
  });

  test('that was planned ahead lets who comes late wait for one step more', () => {
    const firstTokenOf = (asyncScheduling: boolean): number => {
      const { clock, engine } = setUp({ limits: { asyncScheduling } });
      engine.submit(request(1, 100, 1000), new Told());
      let firstMs = Number.NaN;
      clock.at(1000, () => {
        engine.submit(request(2, 100, 1), { ...methodsOf(new Told()), onTokens: (_, atMs) => (firstMs = atMs) });
      });
      clock.runUntil(2000);
      return firstMs;
    };
    const stepMs = 1.2 + 5.46 + 0.05 + 250 * 0.000077;
    expect(firstTokenOf(true) - firstTokenOf(false)).toBeCloseTo(stepMs, 1);
  });

  test.each([1, 8, 32, 64, 128, 200, 255])(
    'of %i decodes on an H100 takes what was measured, 6.66 + 0.0758 B ms, within 5 %%',
    (batch) => {
      const { clock, engine } = setUp();
      const all = Array.from({ length: batch }, () => new Told());
      all.forEach((told, id) => void engine.submit(request(id, 235, 200), told)); // 335 tokens of context on average
      clock.runUntil(1e6);
      const times = all[0]!.lines.filter((line) => line.startsWith('tokens')).map((line) => Number(line.split(' ')[1]));
      const from = times.length - 150; // when every prompt is done
      const interTokenMs = (times.at(-1)! - times[from]!) / (times.length - 1 - from);
      expect(Math.abs(interTokenMs / (6.66 + 0.0758 * batch) - 1)).toBeLessThan(0.05);
    },
  );
});

describe('requests with a priority', () => {
  test('pass those of a higher value, where the order is that of priorities', () => {
    const answered = (order: string): number[] => {
      const { clock, engine } = setUp({ limits: { order, maxNumSeqs: 1 } });
      const ended: number[] = [];
      [5, 5, 1].forEach((priority, id) => {
        engine.submit({ ...request(id, 50, 5), priority }, { ...methodsOf(new Told()), onEnd: () => ended.push(id) });
      });
      clock.runUntil(10_000);
      return ended;
    };
    expect(answered('priority')).toEqual([2, 0, 1]);
    expect(answered('arrival')).toEqual([0, 1, 2]);
  });
});

describe('a conversation', () => {
  const turns = (limits: Record<string, unknown>): { hits: number; queries: number; prefillMs: number } => {
    const { clock, engine } = setUp({ limits });
    const key = 'session 7';
    const first = { ...request(1, 1000, 600), prefix: [{ key, tokens: 1600 }] };
    engine.submit(first, new Told());
    clock.runUntil(60_000);
    let firstMs = Number.NaN;
    const second = { ...request(2, 1700, 1), prefix: [{ key, tokens: 1701 }] };
    engine.submit(second, { ...methodsOf(new Told()), onTokens: (_, atMs) => (firstMs = atMs - 60_000) });
    clock.runUntil(120_000);
    return { ...engine.prefixCache, prefillMs: firstMs };
  };

  test('does not compute again what was said: the second prompt repeats the first and its answer', () => {
    const cached = turns({});
    expect(cached).toMatchObject({ queries: 2700, hits: 1584 }); // 99 full blocks: the last token was never computed
    expect(cached.prefillMs).toBeLessThan(turns({ prefixCaching: false }).prefillMs / 3);
  });

  test('is computed again where nothing is kept', () => {
    expect(turns({ prefixCaching: false })).toMatchObject({ hits: 0 });
  });
});
