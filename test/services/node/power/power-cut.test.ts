import { describe, expect, test } from 'vitest';
import { meteredEngine, wholeSite } from './metered-engine.ts';

const PREFIX = { key: 'a system prompt', tokens: 1600 };

/** A node whose site is out from `fromS` for `forS`, that computed and then holds a beginning of 1600 tokens since 0.1 s. */
const withCache = (...cuts: readonly { readonly fromS: number; readonly forS: number }[]) => {
  const events = cuts.map((cut) => ({ ...cut, share: 0 }));
  const node = meteredEngine({ site: wholeSite({ events }) }, { ingestMs: 5 });
  const { clock, engine } = node;
  let ids = 1000;
  const ended: string[] = [];
  /** Asks for one token after the beginning; what the cache held of it is in `engine.prefixCache.hits`. */
  const ask = (outputTokens = 1): void => {
    const request = { id: ids++, promptTokens: 1601, outputTokens, maxOutputTokens: outputTokens, prefix: [PREFIX] };
    const listener = { onScheduled: () => {}, onTokens: () => {}, onEnd: (end: string) => void ended.push(end) };
    ended.push(engine.submit(request, listener).kind);
  };
  ask();
  clock.runUntil(500);
  expect([ended.splice(0), engine.prefixCache.hits]).toEqual([['accepted', 'answered'], 0]);
  return { ...node, ask, ended, hits: () => engine.prefixCache.hits };
};

describe('a power cut empties the prefix cache', () => {
  test('(without one, it is there)', () => {
    const { clock, ask, hits } = withCache();
    clock.runUntil(5000);
    ask();
    clock.runUntil(6000);
    expect(hits()).toBe(1600);
  });

  test('of an idle node, though nobody asked anything of it meanwhile', () => {
    const { clock, ask, ended, hits } = withCache({ fromS: 1, forS: 1 });
    clock.runUntil(5000);
    ask();
    clock.runUntil(6000);
    expect([ended, hits()]).toEqual([['accepted', 'answered'], 0]);
    ask(); // and it fills anew
    clock.runUntil(7000);
    expect(hits()).toBe(1600);
  });

  test('of an idle node that was only asked whether it is well', () => {
    const { clock, engine, ask, hits } = withCache({ fromS: 1, forS: 1 });
    for (let atMs = 600; atMs < 4000; atMs += 100) {
      clock.runUntil(atMs);
      engine.hasPower(atMs);
      engine.report(atMs);
    }
    ask();
    clock.runUntil(6000);
    expect(hits()).toBe(0);
  });

  test('of an idle node, for a forecast too', () => {
    const [cut, whole] = [withCache({ fromS: 1, forS: 1 }), withCache()];
    const [cutMs, wholeMs] = [cut, whole].map(({ clock, engine }) => {
      clock.runUntil(5000);
      return engine.forecastFirstTokenMs(100, 5000);
    });
    expect(cutMs).toBe(wholeMs); // it has no prefix to find, and is well
    cut.ask();
    cut.clock.runUntil(6000);
    expect(cut.hits()).toBe(0);
  });

  test('each time', () => {
    const { clock, ask, hits } = withCache({ fromS: 1, forS: 0.2 }, { fromS: 3, forS: 0.2 }, { fromS: 5, forS: 0.2 });
    for (const atMs of [2000, 4000, 6000]) {
      clock.runUntil(atMs);
      ask();
    }
    clock.runUntil(7000);
    expect(hits()).toBe(0);
  });

  test('of a busy node, whose answers it ends even when it is over before the step is', () => {
    // Steps of about 6 ms: this cut begins and ends between two of their ends.
    const { clock, ask, ended, hits } = withCache({ fromS: 1, forS: 0.0005 });
    clock.runUntil(900);
    ask(1000);
    clock.runUntil(3000);
    expect(ended).toEqual(['accepted', 'failed']);
    const before = hits();
    ask();
    clock.runUntil(4000);
    expect([ended.slice(2), hits() - before]).toEqual([['accepted', 'answered'], 0]);
  });

  test('but ends nothing that came when the power was back', () => {
    const { clock, ask, ended } = withCache({ fromS: 1, forS: 0.0005 });
    clock.runUntil(997);
    ask(1000); // still in its ingest when the power goes
    clock.runUntil(1001);
    ask(2);
    clock.runUntil(3000);
    expect(ended).toEqual(['accepted', 'accepted', 'failed', 'answered']);
  });
});
