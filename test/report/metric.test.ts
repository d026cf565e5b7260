import fc from 'fast-check';
import { expect, test } from 'vitest';
import { METRICS, metricNamed, metricText } from '../../report/metric.ts';
import { boundAt, parseBounds } from '../../report/metric-bound.ts';
import { summarise } from '../../report/summary.ts';
import { ended, requestEvents, runEvent } from './logged-run.ts';

const { figures } = summarise([runEvent({ requests: 1 }), ...requestEvents(0, 2000, { ttftMs: 80 }), ended()], {
  machine: 'm',
}).runs[0]!;

const parse = (text: string) => parseBounds(text, { place: '--until', limits: ['max'] });

test('a metric reads the figure that its name says', () => {
  expect(metricNamed('ttft.p99', '-').of(figures)).toBe(figures.ttftMs.p99);
  expect(metricNamed('ttft-from-send.p50', '-').of(figures)).toBe(79);
  expect(metricNamed('e2e.mean', '-').of(figures)).toBe(180);
  expect(metricNamed('e2e-from-send.mean', '-').of(figures)).toBe(179);
  expect(metricNamed('goodput', '-').of(figures)).toBe(0.1);
  expect(metricNamed('attained', '-').of(figures)).toBe(1);
});

test('values have the unit of their metric', () => {
  const text = (name: string, value: number) => metricText(metricNamed(name, '-'), value);
  expect([text('ttft.p99', 31.04), text('ttft.p99', 592.4), text('ttft.p50', -3)]).toEqual([
    '31.0 ms',
    '592 ms',
    '-3.0 ms',
  ]);
  expect([text('attained', 0.945), text('goodput', 18.889)]).toEqual(['94.5 %', '18.89/s']);
});

test('every metric can be bounded by a share, and bounds read back as they were written', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...METRICS), { minLength: 1, selector: ({ name }) => name }),
      fc.integer({ min: 1, max: 1000 }),
      fc.option(fc.integer({ min: 1, max: 999_999 }), { nil: undefined }),
      (metrics, tenths, max) => {
        const texts = metrics.map(({ name }) => `${name}:${tenths / 10}%`);
        const read = parse([...texts, ...(max === undefined ? [] : [`max:${max}`])].join(','));
        expect(read.bounds.map(({ metric, text }) => [metric, text])).toEqual(
          metrics.map((metric, index) => [metric, texts[index]]),
        );
        expect(read.limits.max).toBe(max);
        for (const bound of read.bounds) expect(boundAt(bound, -200)).toBeCloseTo(tenths / 5, 9);
      },
    ),
  );
});

test('a bound may be an amount in the unit of its metric', () => {
  const [ttft, goodput] = parse('ttft.p99:20ms, goodput:0.5/s').bounds;
  expect([boundAt(ttft!, 800), boundAt(goodput!, 18)]).toEqual([20, 0.5]);
});

test.each([
  ['ttft.p98:5%', '--until has "ttft.p98", which is no metric; did you mean "ttft.p90"?'],
  ['tfft.p99:5%', '--until has "tfft.p99", which is no metric; did you mean "ttft.p99"?'],
  [
    'ttft:5%',
    '--until has "ttft", expected one of ttft.mean, ttft.p50, ttft.p90, ttft.p95, ttft.p99, ttft.p999, ttft.max',
  ],
  ['ttft.p99', '--until has "ttft.p99", expected a metric and its bound, such as ttft.p99:5% or ttft.p99:20ms, max:20'],
  ['ttft.p99:5', '--until has "ttft.p99:5", expected a bound above 0, such as ttft.p99:5% or ttft.p99:20ms'],
  ['ttft.p99:0%', '--until has "ttft.p99:0%", expected a bound above 0'],
  ['ttft.p99:5/s', '--until has "ttft.p99:5/s", expected a bound above 0'],
  ['attained:1ms', '--until has "attained:1ms", expected a bound above 0, such as attained:5%'],
  ['ttft.p99:5%,ttft.p99:6%', '--until has ttft.p99 twice'],
  ['ttft.p99:5%,max:0', '--until has "max:0", expected a whole number from 1'],
  ['max:20', '--until has no metric'],
  ['constructor:5%', '--until has "constructor", which is no metric'],
  ['', '--until has ""'],
])('"%s" is refused in one line', (text, message) => {
  expect(() => parse(text)).toThrow(message);
  expect(() => parse(text)).not.toThrow('\n');
});
