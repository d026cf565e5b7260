import { Gauge, type Registry } from 'prom-client';
import type { PowerReport } from '../../../router/endpoint/load-report.ts';

/** What a node tells Prometheus of its power; vLLM has no names for these. What the node does not know has no gauge. */
export const registerPowerGauges = (registry: Registry, report: () => PowerReport): void => {
  const known = report();
  for (const [key, { name, help }] of Object.entries(GAUGES) as [keyof PowerReport, { name: string; help: string }][]) {
    if (known[key] === null) continue;
    new Gauge({
      registers: [registry],
      name: `starlane_node_${name}`,
      help,
      collect() {
        this.set(report()[key] ?? Number.NaN);
      },
    });
  }
};

const GAUGES: Readonly<Record<keyof PowerReport, { readonly name: string; readonly help: string }>> = {
  drawW: { name: 'power_watts', help: 'What its devices draw.' },
  headroom: {
    name: 'power_headroom_ratio',
    help: 'What they may draw beyond that, as a share of their range, 0 to 1.',
  },
  temperatureC: { name: 'temperature_celsius', help: 'Of its hottest device.' },
  batteryShare: { name: 'battery_ratio', help: 'How full its part of the site’s battery is, 0 to 1.' },
  usdPerMillionTokens: { name: 'usd_per_million_tokens', help: 'At the load that all nodes are compared at.' },
  gCo2PerMillionTokens: { name: 'gco2_per_million_tokens', help: 'At the load that all nodes are compared at.' },
};
