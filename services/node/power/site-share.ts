import type { Ms } from '../../../core/time/clock.ts';
import { Battery } from './battery.ts';
import type { PowerModel } from './power-model.ts';
import type { SitePower } from './site-power-schema.ts';
import { type Sun, type Supply, siteSupply } from './site-supply.ts';

export interface SiteShareOptions {
  readonly config: SitePower;
  /** Of solar power. */
  readonly sun: Sun | null;
  /** What part of the site a node has, 0 to 1. */
  readonly share: number;
}

/** The part of a site's power and battery that one node has: nodes in other processes take none of it, nor give any. */
export class SiteShare {
  /** Watts of the site for a watt of the device. */
  readonly pue: number;
  readonly battery: Battery | null;
  readonly #supplyAt: (atMs: Ms) => Supply;
  readonly #share: number;
  #supply: Supply;

  constructor({ config, sun, share }: SiteShareOptions, power: PowerModel) {
    this.pue = config.pue;
    this.#supplyAt = siteSupply(config, sun);
    this.#share = share;
    this.#supply = this.#supplyAt(0);
    this.battery = config.battery === undefined ? null : batteryOf(config.battery, share / config.pue, power);
  }

  get supply(): Supply {
    return this.#supply;
  }

  /** What the source alone gives the node. */
  get sourceW(): number {
    return this.#supply.watts * this.#share;
  }

  /** What source and battery give the node. */
  get availableW(): number {
    return this.sourceW + (this.battery?.availableW ?? 0);
  }

  /** Brings `supply` up to an instant that is not before the last one. */
  follow(atMs: Ms): void {
    if (atMs >= this.#supply.untilMs) this.#supply = this.#supplyAt(atMs);
  }

  /** Until when nothing changes under a steady load. */
  steadyUntilMs(atMs: Ms, loadW: number): Ms {
    if (this.battery === null) return this.#supply.untilMs;
    const batteryMs = atMs + Math.max(LEAST_MS, this.battery.changesInMs(this.sourceW, loadW));
    return Math.min(this.#supply.untilMs, batteryMs);
  }
}

/** So that time moves on where a battery stands at the edge. */
const LEAST_MS: Ms = 1e-3;

const batteryOf = (
  { kwh, chargeShare, efficiency, maxKw = kwh / 2 }: NonNullable<SitePower['battery']>,
  share: number,
  { maxW }: PowerModel,
): Battery => {
  const capacityJ = kwh * J_PER_KWH * share;
  return new Battery({
    capacityJ,
    chargeJ: capacityJ * chargeShare,
    maxW: maxKw * 1000 * share,
    efficiency,
    reserveJ: Math.min(maxW * RESERVE_S, 0.05 * capacityJ),
    resumeJ: 0.1 * capacityJ,
  });
};

const J_PER_KWH = 3.6e6;
/** Longer than any step but a capped one of thousands of prompt tokens. */
const RESERVE_S = 1;
