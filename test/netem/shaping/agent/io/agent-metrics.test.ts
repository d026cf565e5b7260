import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../../core/time/virtual-clock.ts';
import { AgentMetrics } from '../../../../../netem/shaping/agent/io/agent-metrics.ts';
import type { Player } from '../../../../../netem/shaping/agent/io/player.ts';

test('an agent reports the state of each link, and how late it plays them', async () => {
  const clock = new VirtualClock();
  const player: Player = {
    shaper: 'relay',
    links: new Map([
      [
        'ashburn/laser/forward',
        {
          stateAt: (atMs) => ({ up: atMs < 10, delayUs: 24_000, jitterUs: 0, lossRate: 0.01, rateKbps: 0 }),
          nextChangeAfter: () => null,
        },
      ],
    ]),
    begin: () => {},
    health: () => ({ ok: true, lateP50Ms: 0.2, lateP99Ms: 1 }),
    followPeers: async () => {},
    close: async () => {},
  };
  const metrics = new AgentMetrics(player, clock);
  const text = await metrics.text();
  expect(text).toContain('starlane_link_up{link="ashburn/laser/forward",shaper="relay"} 1\n');
  expect(text).toContain('starlane_link_delay_seconds{link="ashburn/laser/forward",shaper="relay"} 0.024\n');
  expect(text).toContain('starlane_link_loss_ratio{link="ashburn/laser/forward",shaper="relay"} 0.01\n');
  expect(text).toContain('starlane_shaper_lateness_seconds{quantile="0.99",shaper="relay"} 0.001\n');
  clock.runUntil(20);
  expect(await metrics.text()).toContain('starlane_link_up{link="ashburn/laser/forward",shaper="relay"} 0\n');
});
