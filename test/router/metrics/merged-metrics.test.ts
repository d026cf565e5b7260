import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CounterFamily } from '../../../router/metrics/counter-family.ts';
import { HistogramFamily } from '../../../router/metrics/histogram-family.ts';
import { mergedMetrics } from '../../../router/metrics/merged-metrics.ts';
import { countedIn, metricsOfWorkers, metricsOverReloads } from '../../../router/metrics/worker-metrics.ts';

const gauge = (name: string, ...series: readonly string[]): string =>
  `# HELP ${name} What it is.\n# TYPE ${name} gauge\n${series.map((one) => `${name}${one}\n`).join('')}`;

const counted = (values: readonly number[]): string => {
  const counter = new CounterFamily({ name: 'c_total', help: 'c' }, ['a="x y"', 'a="2"']);
  const histogram = new HistogramFamily({ name: 'h_seconds', help: 'h', buckets: [0.5, 2] }, ['m="1"', 'm="2"']);
  for (const value of values) {
    counter.add(value % 2);
    histogram.record(value % 2, value);
  }
  return counter.text() + histogram.text();
};

test('the metrics of several workers are those of one that did the work of all', () => {
  const some = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 20 });
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 5 }), (workers) => {
      const lines = (text: string): readonly string[] => text.split('\n').sort();
      expect(lines(metricsOfWorkers(workers.map(counted)))).toEqual(lines(counted(workers.flat())));
    }),
  );
});

test('gauges merge by their rule, and what is not known is left out of a mean', () => {
  const texts = [gauge('g', '{e="a"} 1', '{e="b"} Nan'), gauge('g', '{e="a"} 4', '{e="b"} 3')];
  const values = (rule: 'sum' | 'mean' | 'least' | 'most') =>
    [...mergedMetrics(texts, () => rule).matchAll(/\} (.*)$/gm)].map(([, value]) => value);
  expect(values('sum')[0]).toBe('5');
  expect(values('mean')).toEqual(['2.5', '3']);
  expect(values('least')[0]).toBe('1');
  expect(values('most')[0]).toBe('4');
  expect(mergedMetrics(texts, () => 'leave-out')).toBe('');
});

test('an endpoint counts as connected where all workers reach it, and open requests and connections add up', () => {
  const connected = 'starlane_router_endpoint_connected';
  const texts = [1, 0].map(
    (value) =>
      gauge(connected, `{endpoint="a"} ${value}`) +
      gauge('starlane_router_active_requests', ' 3') +
      gauge('starlane_router_client_connections', ' 4'),
  );
  const merged = metricsOfWorkers(texts);
  expect(merged).toContain(`${connected}{endpoint="a"} 0\n`);
  expect(merged).toContain('starlane_router_active_requests 6\n');
  expect(merged).toContain('starlane_router_client_connections 8\n');
});

test('after a reload the gauges are those of now, but what was open before it is still open', () => {
  const of = (ewma: number, active: number): string =>
    gauge('starlane_router_endpoint_ewma_seconds', `{endpoint="a"} ${ewma}`) +
    gauge('starlane_router_active_requests', ` ${active}`) +
    gauge('starlane_router_client_connections', ` ${active}`) + // the new router has taken them over
    counted([1]);
  const text = metricsOverReloads(of(0.2, 1), [of(9, 2)]);
  expect(text).toContain('ewma_seconds{endpoint="a"} 0.2\n');
  expect(text).toContain('active_requests 3\n');
  expect(text).toContain('client_connections 1\n');
  expect(text).toContain('c_total{a="2"} 2\n');
  expect(countedIn(of(0.2, 1))).toBe(counted([1]));
});
