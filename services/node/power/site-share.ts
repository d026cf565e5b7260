import type { Ms } from '../../../core/time/clock.ts';
import { Battery } from './battery.ts';
import type { PowerModel } from './power-model.ts';
import type { SitePower } from './site-power-schema.ts';
import { type Sun, type Supply, siteSupply } from './site-supply.ts';

export interface SiteShareOptions {
  readonly config: SitePower;
  /** The Sun, for solar power. */
  readonly sun: Sun | null;
  /** Share of the site that belongs to the node, 0 to 1. */
  readonly share: number;
}

/** One node's part of the power and battery of a site. Nodes in other processes cannot use it, nor add to it. */
export class SiteShare {
  /** Watts of the site for each watt of the device. */
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

  /** Power that the source gives the node, without the battery. */
  get sourceW(): number {
    return this.#supply.watts * this.#share;
  }

  /** Power that source and battery give the node. */
  get availableW(): number {
    return this.sourceW + (this.battery?.availableW ?? 0);
  }

  /** Updates `supply` to an instant, which must not be before the last one. */
  follow(atMs: Ms): void {
    if (atMs >= this.#supply.untilMs) this.#supply = this.#supplyAt(atMs);
  }

  /** The time until which nothing changes under a steady load. */
  steadyUntilMs(atMs: Ms, loadW: number): Ms {
    if (this.battery === null) return this.#supply.untilMs;
    const batteryMs = atMs + Math.max(LEAST_MS, this.battery.changesInMs(this.sourceW, loadW));
    return Math.min(this.#supply.untilMs, batteryMs);
  }
}

/** Smallest step, so that time moves on when a battery is exactly at a limit. */
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
/** Longer than any step, except a capped step with thousands of prompt tokens. */
const RESERVE_S = 1;
