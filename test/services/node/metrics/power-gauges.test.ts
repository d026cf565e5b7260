import { expect, test } from 'vitest';
import { NodeMetrics } from '../../../../services/node/metrics/node-metrics.ts';
import { h100, meteredEngine, wholeSite } from '../power/metered-engine.ts';

const gaugesOf = async (metrics: NodeMetrics): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    [...(await metrics.text()).matchAll(/^starlane_node_(\w+)\{.*\} (\S+)$/gm)].map(([, name, value]) => [
      name!,
      Number(value),
    ]),
  );

test('a node exports the power values of its report, and none that it does not know', async () => {
  const { engine, clock, submit } = meteredEngine({ site: wholeSite({}) });
  const metrics = new NodeMetrics(engine, clock);
  const idle = await gaugesOf(metrics);
  expect(Object.keys(idle).toSorted()).toEqual([
    'gco2_per_million_tokens',
    'power_headroom_ratio',
    'power_watts',
    'usd_per_million_tokens',
  ]);
  expect(idle).toMatchObject({ power_watts: h100.idleW, power_headroom_ratio: 1 });
  submit(100, 500);
  clock.runUntil(1000);
  const busy = await gaugesOf(metrics);
  const { power } = engine.report(clock.now());
  expect(busy.power_watts).toBe(power!.drawW);
  expect(busy.power_watts).toBeGreaterThan(h100.idleW);
  expect(busy.power_headroom_ratio).toBeLessThan(1);
  expect(busy.usd_per_million_tokens).toBeCloseTo(power!.usdPerMillionTokens!, 9);
});

test('a node without known power has no power gauge', async () => {
  const { engine, clock } = meteredEngine({}, { power: null });
  expect(await gaugesOf(new NodeMetrics(engine, clock))).toEqual({});
});
