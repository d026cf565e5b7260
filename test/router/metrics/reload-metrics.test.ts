import { expect, test } from 'vitest';
import { ReloadMetrics } from '../../../router/metrics/reload-metrics.ts';

test('reloads are counted by their result, and the last one that was loaded has its time', () => {
  let unixMs = 1000;
  const metrics = new ReloadMetrics(() => unixMs);
  const lines = (): readonly string[] =>
    metrics
      .text()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines()).toEqual([
    'starlane_router_config_reloads_total{result="loaded"} 0',
    'starlane_router_config_reloads_total{result="refused"} 0',
    'starlane_router_config_loaded_timestamp_seconds 1',
  ]);
  unixMs = 5000;
  metrics.count('loaded');
  unixMs = 9000;
  metrics.count('refused');
  expect(lines()).toEqual([
    'starlane_router_config_reloads_total{result="loaded"} 1',
    'starlane_router_config_reloads_total{result="refused"} 1',
    'starlane_router_config_loaded_timestamp_seconds 5',
  ]);
});
