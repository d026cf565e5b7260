import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../../core/config/config-error.ts';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { engineOptionsOf } from '../../../../services/node/engine-options.ts';
import { nodeSchema } from '../../../../services/node/schema.ts';
import { meteredEngine, wholeSite } from '../power/metered-engine.ts';
import { Recorder, request, setUp } from './engine-under-test.ts';

const ON_DEMAND = { loadMs: 5000, idleMs: 10_000, startsLoaded: false, meanwhile: 'queue' } as const;
const onDemand = (more: object = {}) => setUp({ ingestMs: 10, more: { onDemand: { ...ON_DEMAND, ...more } } });
const firstMs = ({ lines }: Recorder): number => Number(lines.find((line) => line.startsWith('tokens'))!.split(' ')[1]);

describe('weights on demand', () => {
  test('are loaded for the first request, which waits as long; later ones do not', () => {
    const { clock, engine } = onDemand();
    const [first, second] = [new Recorder(), new Recorder()];
    clock.at(1000, () => engine.submit(request(1, 100, 3), first));
    clock.at(7000, () => engine.submit(request(2, 100, 3), second));
    clock.runUntil(9000);
    expect(first.lines[0]).toBe('scheduled 6000'); // the ingest went on meanwhile
    expect(second.lines[0]).toBe('scheduled 7010');
  });

  test('make requests that come meanwhile wait in the queue, where they count', () => {
    const { clock, engine } = onDemand();
    const recorders = [0, 2000, 4000].map((atMs, id) => {
      const recorder = new Recorder();
      clock.at(atMs, () => engine.submit(request(id, 100, 3), recorder));
      return recorder;
    });
    clock.runUntil(4500);
    expect(engine.report(4500)).toMatchObject({ running: 0, waiting: 3 });
    clock.runUntil(9000);
    for (const { lines } of recorders) expect(lines[0]).toBe('scheduled 5000');
  });

  test('or refuse them, with a hint of when to come again, but not the one that woke the node', () => {
    const { clock, engine } = onDemand({ meanwhile: 'refuse' });
    expect(engine.isServing(0)).toBe(true);
    expect(engine.submit(request(1, 100, 3), new Recorder()).kind).toBe('accepted');
    clock.runUntil(1000);
    const loading = { kind: 'refused', reason: 'loading', retryAfterMs: 4000 };
    expect(engine.submit(request(2, 100, 3), new Recorder())).toEqual(loading);
    clock.runUntil(5000);
    expect(engine.submit(request(2, 100, 3), new Recorder()).kind).toBe('accepted');
  });

  test('go after a time without requests, counted from the end of the last one, and the cache with them', () => {
    const prefix = [{ key: 'system', tokens: 320 }];
    const { clock, engine } = onDemand({ startsLoaded: true });
    const ask = (id: number, atMs: number): Recorder => {
      const recorder = new Recorder();
      clock.at(atMs, () => engine.submit({ ...request(id, 400, 3), prefix }, recorder));
      return recorder;
    };
    const asked = [ask(1, 0), ask(2, 9000), ask(3, 18_000), ask(4, 40_000)];
    clock.runUntil(60_000);
    expect(asked.map(({ lines }) => lines[0])).toEqual([
      ...['scheduled 10', 'scheduled 9010', 'scheduled 18010'],
      'scheduled 45000',
    ]);
    expect(engine.prefixCache).toEqual({ queries: 1600, hits: 640 }); // the second and the third found it
  });

  test('stay while a request is open, however long it takes', () => {
    const { clock, engine } = onDemand({ idleMs: 100 });
    const [long, next] = [new Recorder(), new Recorder()];
    engine.submit(request(1, 100, 1000), long);
    clock.at(9000, () => engine.submit(request(2, 100, 3), next));
    clock.runUntil(30_000);
    expect(next.lines[0]!).toMatch(/^scheduled 90[12]\d/);
    expect(long.ends).toEqual(['answered']);
  });

  test('are loaded to the end for a client that leaves meanwhile', () => {
    const { clock, engine } = onDemand();
    const [gone, next] = [new Recorder(), new Recorder()];
    engine.submit(request(1, 100, 3), gone);
    clock.at(1000, () => engine.cancel(1));
    clock.at(4000, () => engine.submit(request(2, 100, 3), next));
    clock.runUntil(9000);
    expect([gone.ends, next.lines[0]]).toEqual([['cancelled'], 'scheduled 5000']);
  });

  test.each([
    ['cold', 0, []],
    ['while they load', 3000, [0]],
    ['just loaded', 5000, [0]],
    ['warm', 8000, [0]],
    ['cold again', 40_000, [0]],
  ] as const)('are known to the forecast: %s', (_, atMs, earlier) => {
    const { clock, engine } = onDemand();
    for (const [id, earlierMs] of earlier.entries())
      clock.at(earlierMs, () => engine.submit(request(id, 100, 3), new Recorder()));
    clock.runUntil(atMs);
    const forecastMs = engine.forecastFirstTokenMs(100, atMs);
    const recorder = new Recorder();
    engine.submit(request(99, 100, 1), recorder);
    clock.runUntil(60_000);
    expect(forecastMs).toBeCloseTo(firstMs(recorder), 6);
  });

  test('are lost with the power, and load again for requests that came after it was back', () => {
    const site = wholeSite({ events: [{ fromS: 2, forS: 4, share: 0 }] });
    const { clock, engine } = meteredEngine({ site }, { onDemand: { ...ON_DEMAND, startsLoaded: true } });
    const after = new Recorder();
    clock.at(6500, () => engine.submit(request(1, 100, 3), after));
    clock.runUntil(20_000);
    expect(firstMs(after)).toBeGreaterThan(11_500);
    expect(firstMs(after)).toBeLessThan(11_600);
  });
});

describe('the configuration of weights on demand', () => {
  test('divides the weights of the model by the bandwidth, and adds the start', () => {
    const node = nodeSchema.parse({ profile: 'h100-llama8b', onDemand: { loadGBs: 2, initS: 10 } });
    expect(engineOptionsOf(node).onDemand).toEqual({
      loadMs: 10_000 + 8030,
      idleMs: Number.POSITIVE_INFINITY,
      startsLoaded: false,
      meanwhile: 'queue',
    });
    expect(engineOptionsOf(nodeSchema.parse({ profile: 'h100-llama8b' })).onDemand).toBeNull();
  });

  test('needs a profile that knows its model', () => {
    const { model: _, ...profile } = structuredClone(profileOf('h100-llama8b'));
    const node = nodeSchema.parse({ profile: { ...profile, id: 'mine' }, onDemand: { loadGBs: 2 } });
    expect(() => engineOptionsOf(node, 'nodes.a')).toThrow(
      new ConfigError('nodes.a.onDemand', 'is given, but mine has no model that says how large its weights are'),
    );
  });
});
