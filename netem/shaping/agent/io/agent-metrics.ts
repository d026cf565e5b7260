import { Counter, Gauge, Registry } from 'prom-client';
import type { Clock } from '../../../../core/time/clock.ts';
import type { LinkState } from '../../../links/model/link-model.ts';
import { meanLossRate } from '../../../links/model/packet-loss.ts';
import type { Player } from './player.ts';

/** The Prometheus metrics of an agent: how well it plays its links, and the state of each link. Read on request. */
export class AgentMetrics {
  readonly #registry = new Registry();

  constructor(player: Player, clock: Clock) {
    this.#registry.setDefaultLabels({ shaper: player.shaper });
    const perLink = (name: string, help: string, of: (state: LinkState) => number): void => {
      const gauge = new Gauge({
        name: `starlane_link_${name}`,
        help,
        labelNames: ['link'],
        registers: [this.#registry],
        collect: () => {
          for (const [link, model] of player.links) gauge.set({ link }, of(model.stateAt(clock.now())));
        },
      });
    };
    perLink('up', '1 while the link passes anything.', ({ up }) => (up ? 1 : 0));
    perLink('delay_seconds', 'Planned one-way delay.', ({ delayUs }) => delayUs / 1e6);
    perLink('loss_ratio', 'Planned probability of loss.', meanLossRate);
    const lateness = new Gauge({
      name: 'starlane_shaper_lateness_seconds',
      help: 'How late changes (netem) or bytes (relay) were.',
      labelNames: ['quantile'],
      registers: [this.#registry],
      collect: () => {
        const { lateP50Ms, lateP99Ms } = player.health();
        lateness.set({ quantile: '0.5' }, Number(lateP50Ms) / 1000);
        lateness.set({ quantile: '0.99' }, Number(lateP99Ms) / 1000);
      },
    });
    this.#registerRelay(player);
  }

  /** What the relays of the agent hold; not registered where the kernel shapes. */
  #registerRelay(player: Player): void {
    if (player.shaper !== 'relay') return;
    const register = (Metric: typeof Gauge | typeof Counter, name: string, help: string, key: string): void => {
      new Metric({
        name: `starlane_relay_${name}`,
        help,
        registers: [this.#registry],
        collect() {
          this.reset();
          this.inc(Number(player.health()[key] ?? 0));
        },
      });
    };
    register(Gauge, 'connections', 'Connections that are open.', 'connections');
    register(Gauge, 'held_bytes', 'Bytes in flight, or waiting for a reader.', 'heldBytes');
    register(Counter, 'refused_connections_total', 'Connections over the limit.', 'refusedConnections');
    register(Counter, 'cut_off_connections_total', 'Connections whose reader stalled.', 'cutOffConnections');
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
