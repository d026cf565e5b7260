import type { Ms } from '../../../core/time/clock.ts';
import { nextStepAfter, scheduledAt } from './over-time.ts';
import type { SitePower } from './site-power-schema.ts';

/** Share of full sunlight at a place, as a pure function of run time. */
export interface Sun {
  /** 0 to 1; constant until the next change. */
  shareAt(atMs: Ms): number;
  /** The first change after `afterMs`; Infinity for never. */
  nextChangeAfter(afterMs: Ms): Ms;
}

/** Power of a source for devices, from one instant until the next change. The site's own consumption is subtracted. */
export interface Supply {
  readonly watts: number;
  readonly usdPerKwh: number;
  readonly gCo2PerKwh: number;
  readonly untilMs: Ms;
}

/** The supply of a site, as a pure function of run time. Solar needs a `sun`. */
export const siteSupply = (config: SitePower, sun: Sun | null): ((atMs: Ms) => Supply) => {
  const { capacityKw, pue, backup, events, priceUsdPerKwh, carbonGPerKwh } = config;
  if (config.kind === 'solar' && sun === null) throw new Error('solar power needs a sun');
  const light = config.kind === 'solar' ? sun : null;
  const edges = events.flatMap(({ fromS, forS }) => [fromS, fromS + (backup?.startS ?? 0), fromS + forS]);
  const nextEdgeAfter = (atMs: Ms): Ms => Math.min(...edges.map((s) => s * 1000).filter((edgeMs) => edgeMs > atMs));
  return (atMs) => {
    const active = events.filter(({ fromS, forS }) => fromS * 1000 <= atMs && atMs < (fromS + forS) * 1000);
    const left = Math.min(1, ...active.map(({ share }) => share));
    const sourceKw = capacityKw * left * (light?.shareAt(atMs) ?? 1);
    const runs = backup !== undefined && active.some(({ fromS }) => (fromS + backup.startS) * 1000 <= atMs);
    const backupKw = runs ? backup.capacityKw : 0;
    const costs = [priceUsdPerKwh, carbonGPerKwh, ...(runs ? [backup.priceUsdPerKwh, backup.carbonGPerKwh] : [])];
    // Both feed one bus, so a kWh cannot be attributed to one of them.
    const backupShare = backupKw === 0 ? 0 : backupKw / (sourceKw + backupKw);
    const [usdPerKwh, gCo2PerKwh, backupUsd = 0, backupGrams = 0] = costs.map((cost) => scheduledAt(cost, atMs));
    return {
      watts: ((sourceKw + backupKw) * 1000) / pue,
      usdPerKwh: usdPerKwh! * (1 - backupShare) + backupUsd * backupShare,
      gCo2PerKwh: gCo2PerKwh! * (1 - backupShare) + backupGrams * backupShare,
      untilMs: Math.min(
        nextEdgeAfter(atMs),
        light?.nextChangeAfter(atMs) ?? Number.POSITIVE_INFINITY,
        ...costs.map((cost) => nextStepAfter(cost, atMs)),
      ),
    };
  };
};
