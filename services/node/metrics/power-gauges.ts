import { Gauge, type Registry } from 'prom-client';
import type { PowerReport } from '../../../router/endpoint/load-report.ts';

/** The power metrics of a node; vLLM has no names for these. A value that the node does not know has no gauge. */
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
  drawW: { name: 'power_watts', help: 'Power draw of its devices.' },
  headroom: {
    name: 'power_headroom_ratio',
    help: 'Power that its devices may still add, as a share of their range, 0 to 1.',
  },
  temperatureC: { name: 'temperature_celsius', help: 'Temperature of its hottest device.' },
  batteryShare: { name: 'battery_ratio', help: 'Charge of its part of the site’s battery, 0 to 1.' },
  usdPerMillionTokens: {
    name: 'usd_per_million_tokens',
    help: 'Cost of tokens at the rated load, the same for all nodes.',
  },
  gCo2PerMillionTokens: {
    name: 'gco2_per_million_tokens',
    help: 'Emissions of tokens at the rated load, the same for all nodes.',
  },
};
