import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ingest } from '../../../../services/node/engine/ingest.ts';
import { Recorder, request, setUp } from './engine-under-test.ts';

describe('ingest', () => {
  test('takes its time and that of each token, however many come at once', () => {
    const ingest = new Ingest({ ingestMs: 10, ingestTokenUs: 2 });
    expect([ingest.take(100, 0), ingest.take(100, 5000), ingest.take(100, 5000)]).toEqual([110, 120, 120]);
  });

  test('through API servers lets requests queue for the first that is free', () => {
    const ingest = new Ingest({ ingestMs: 10, ingestTokenUs: 1, apiServers: { count: 2, busyMs: 4 } });
    // Busy for 5 ms each: two begin at 0, two at 5, and the next at 10.
    expect(Array.from({ length: 5 }, () => ingest.take(0, 1000))).toEqual([15, 15, 20, 20, 25]);
    expect(ingest.copy().take(6, 1000)).toBe(25); // takes no place of the first
    expect(ingest.copy().take(500, 1000)).toBe(515);
    ingest.forget();
    expect(ingest.take(1, 1000)).toBe(16);
  });

  test('of one API server is an M/D/1 queue: no work is lost, none is done twice', () => {
    const arrivals = fc.array(fc.tuple(fc.nat({ max: 50 }), fc.nat({ max: 4000 })), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(arrivals, (gaps) => {
        const ingest = new Ingest({ ingestMs: 0, ingestTokenUs: 1, apiServers: { count: 1, busyMs: 2 } });
        let [nowMs, freeMs] = [0, 0];
        for (const [gapMs, tokens] of gaps) {
          nowMs += gapMs;
          freeMs = Math.max(freeMs, nowMs) + 2 + tokens / 1000;
          expect(ingest.take(nowMs, tokens)).toBeCloseTo(freeMs, 9);
        }
      }),
    );
  });

  test('of an engine lets a short prompt overtake a long one', () => {
    const { clock, engine } = setUp({ ingestMs: 1, more: { ingestTokenUs: 10 } });
    const [long, short] = [new Recorder(), new Recorder()];
    engine.submit(request(1, 2000, 1), long);
    engine.submit(request(2, 100, 1), short);
    expect(engine.forecastFirstTokenMs(50, 0)).toBeLessThan(engine.forecastFirstTokenMs(1500, 0));
    clock.runUntil(1000);
    expect(short.lines[0]).toBe('scheduled 2');
    const startsAtMs = (recorder: Recorder): number => Number(recorder.lines[0]!.split(' ')[1]);
    expect(startsAtMs(long)).toBeGreaterThanOrEqual(21);
  });

  test('of an engine is known to its forecast, API servers and all', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 8 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 2000 }), fc.nat({ max: 40 }), (open, promptTokens, atMs) => {
        const more = { ingestTokenUs: 3, apiServers: { count: 1, busyMs: 2 } };
        const { clock, engine } = setUp({ ingestMs: 5, more });
        for (const [id, tokens] of open.entries()) engine.submit(request(id, tokens, 3), new Recorder());
        clock.runUntil(atMs);
        const forecastMs = engine.forecastFirstTokenMs(promptTokens, atMs);
        const probe = new Recorder();
        engine.submit(request(99, promptTokens, 1), probe);
        clock.runUntil(1e6);
        expect(forecastMs).toBeCloseTo(Number(probe.lines[1]!.split(' ')[1]), 6);
      }),
    );
  });
});
