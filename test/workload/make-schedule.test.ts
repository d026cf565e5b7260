import { describe, expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import { type LoadConfig, loadSchema } from '../../workload/load-schema.ts';
import { makeSchedule } from '../../workload/make-schedule.ts';
import { bundledTrace } from '../../workload/trace/io/bundled-trace.ts';
import { parseTrace } from '../../workload/trace/read-trace.ts';

const trace = bundledTrace('azure-llm-2023-conversation');
const clients = [
  { name: 'london', share: 3 },
  { name: 'lagos', share: 1 },
];
const schedule = (load: Partial<LoadConfig>, seed = 7, durationMs = 60_000) =>
  makeSchedule({
    load: { ...loadSchema.parse({ ratePerS: 20 }), ...load },
    trace,
    durationMs,
    clients,
    rng: seededRng(seed),
  });

describe('the Azure conversation trace', () => {
  test('has the requests and the means that its authors publish', () => {
    expect(trace.arrivalS).toHaveLength(19_366);
    const mean = (column: Int32Array): number => column.reduce((sum, value) => sum + value, 0) / column.length;
    expect(mean(trace.promptTokens)).toBeCloseTo(1154.7, 1);
    expect(mean(trace.outputTokens)).toBeCloseTo(211.1, 1);
  });

  test.each([
    [
      'another header',
      'a,b,c\n1,2,3',
      'x.csv:1:1: starts with "a,b,c", expected one of: a trace of Azure (TIMESTAMP,ContextTokens,GeneratedTokens); ',
    ],
    [
      'a count that is none',
      'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6,many,44',
      'x.csv:2:1: has ContextTokens "many", expected a whole number of tokens',
    ],
    [
      'rows out of order',
      'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,1,4\n2023-11-16 18:15:45,1,4',
      'x.csv:3:1: arrives before the row above it',
    ],
    ['no rows', 'TIMESTAMP,ContextTokens,GeneratedTokens\n', 'x.csv:2:1: is missing; expected at least one request'],
  ])('with %s is refused with its line', (_, text, message) => {
    expect(() => parseTrace(text, 'x.csv')).toThrow(message);
  });
});

describe('a schedule', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(schedule({})).toEqual(schedule({}));
    expect(schedule({}, 8)).not.toEqual(schedule({}));
  });

  test.each(['trace', 'constant'] as const)(
    'with %s arrivals offers exactly the stated rate, in order, within the run',
    (arrivals) => {
      const requests = schedule({ arrivals });
      expect(requests).toHaveLength(1200);
      expect(requests.map(({ id }) => id)).toEqual(Array.from({ length: 1200 }, (_, id) => id));
      const times = requests.map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times[0]).toBe(0);
      expect(times.at(-1)).toBeLessThan(60_000);
    },
  );

  test('with poisson arrivals has exponential gaps: their deviation equals their mean', () => {
    const times = schedule({ arrivals: 'poisson' }, 7, 600_000).map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - times[index]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(mean).toBeGreaterThan(48);
    expect(mean).toBeLessThan(52);
    expect(deviation / mean).toBeGreaterThan(0.96);
    expect(deviation / mean).toBeLessThan(1.04);
  });

  test('keeps the succession of the trace, and cuts answers to the bound', () => {
    const requests = schedule({ maxOutputTokens: 100 });
    const start = trace.promptTokens.findIndex((_, row) =>
      requests.every((request, index) => trace.promptTokens[(row + index) % 19_366] === request.promptTokens),
    );
    expect(start).toBeGreaterThanOrEqual(0);
    requests.forEach((request, index) => {
      expect(request.outputTokens).toBe(Math.min(100, trace.outputTokens[(start + index) % 19_366]!));
    });
  });

  test('shares the load among the clients by their weight', () => {
    const requests = schedule({}, 7, 600_000);
    const london = requests.filter(({ client }) => client === 'london').length / requests.length;
    expect(london).toBeGreaterThan(0.73);
    expect(london).toBeLessThan(0.77);
  });

  test('has more requests of a client by day, and fewer by night', () => {
    const requests = makeSchedule({
      load: {
        ...loadSchema.parse({ ratePerS: 20 }),
        arrivals: { kind: 'diurnal', peakOverMean: 1.9, peakHour: 12, dayS: 600 },
      },
      trace,
      durationMs: 600_000,
      startUnixMs: Date.UTC(2026, 0, 1),
      clients: [
        { name: 'london', share: 1, lonDeg: 0 },
        { name: 'fiji', share: 1, lonDeg: 180 },
      ],
      rng: seededRng(7),
    });
    const share = (from: number, to: number): number => {
      const some = requests.filter(({ atMs }) => atMs >= from * 1000 && atMs < to * 1000);
      return some.filter(({ client }) => client === 'london').length / some.length;
    };
    // Over the half day around its noon a client has (1 + 2 0.9 / pi) / 2 of all.
    expect(share(150, 450)).toBeCloseTo(0.5 + 0.9 / Math.PI, 1);
    expect(share(0, 600)).toBeCloseTo(0.5, 1);
    expect(Math.abs(requests.length - 12_000)).toBeLessThan(4 * Math.sqrt(12_000));
  });

  test('longer than the trace repeats it', () => {
    expect(schedule({ ratePerS: 50 }, 7, 600_000)).toHaveLength(30_000);
  });
});
