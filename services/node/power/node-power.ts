import type { Ms } from '../../../core/time/clock.ts';
import type { PowerReport } from '../../../router/endpoint/load-report.ts';
import type { Batch } from '../engine/step-time.ts';
import type { Cooling } from './cooling-schema.ts';
import { EnergyMeter, type EnergyReading } from './energy-meter.ts';
import { Heat } from './heat.ts';
import { nextStepAfter, type OverTime, scheduledAt } from './over-time.ts';
import { drawnW, phiOf } from './power-cap.ts';
import type { PowerModel } from './power-model.ts';
import { type Rating, ratedPrice } from './rated-cost.ts';
import { SiteShare, type SiteShareOptions } from './site-share.ts';

export interface NodePowerOptions {
  readonly model: PowerModel;
  readonly rating: Rating;
  /** The supply of its site; null when power is unlimited. */
  readonly site: SiteShareOptions | null;
  /** Null for a device that never gets too hot. */
  readonly cooling: Cooling | null;
  /** Permanent limit of the device's draw; null for none. */
  readonly capW: number | null;
  /** Cost of an hour of the node, without energy; null when not known. */
  readonly usdPerHour: OverTime | null;
  /** Called about once for each second of work, with what was used since the last call. */
  readonly onReading: (reading: EnergyReading) => void;
}

/**
 * The power of one node: what its steps draw, what they may draw, its temperature, and its cost.
 *
 * Between two calls the draw is steady. So a span of any length is accounted at once; it is divided only where the site, its
 * prices or its battery change. There is no timer, so an idle node costs a run nothing. The engine calls `begin` for each
 * step and `idle` when there is none. Every call brings the account up to its instant.
 */
export class NodePower {
  readonly #model: PowerModel;
  readonly #rating: Rating;
  readonly #site: SiteShare | null;
  readonly #heat: Heat | null;
  readonly #usdPerHour: OverTime | null;
  readonly #ownCapW: number;
  readonly #meter = new EnergyMeter();
  readonly #onReading: (reading: EnergyReading) => void;
  #injectedCapW = Number.POSITIVE_INFINITY;
  #atMs: Ms = 0;
  #drawW: number;
  #isBusy = false;
  #isCapped = false;
  #isOut = false;
  #isOnSinceMs: Ms = Number.NEGATIVE_INFINITY;

  constructor(options: NodePowerOptions) {
    const { model, cooling, site } = options;
    this.#model = model;
    this.#rating = options.rating;
    this.#site = site === null ? null : new SiteShare(site, model);
    this.#heat = cooling === null ? null : new Heat(cooling, model);
    this.#ownCapW = options.capW ?? Number.POSITIVE_INFINITY;
    this.#usdPerHour = options.usdPerHour;
    this.#onReading = options.onReading;
    this.#drawW = model.idleW;
    this.#switch();
  }

  /** Whether the site gives it less than its idle draw. */
  isOutAt(nowMs: Ms): boolean {
    this.#advance(nowMs);
    return this.#isOut;
  }

  /** When its power came back; -Infinity when it always had power. */
  get isOnSinceMs(): Ms {
    return this.#isOnSinceMs;
  }

  /** Caps the draw of the device; null removes the cap. */
  capW(watts: number | null): void {
    this.#injectedCapW = watts ?? Number.POSITIVE_INFINITY;
  }

  /** The speed of a step of `batch` that begins now, as a share of full speed. */
  phiOf(batch: Batch): number {
    return phiOf({ capW: this.#allowedW(), idleW: this.#model.idleW, demandW: this.#model.drawW(batch) });
  }

  /** Call when a step begins. Returns the speed of its arithmetic, as a share of full speed. */
  begin(startMs: Ms, batch: Batch): number {
    this.#advance(startMs);
    this.#read(READING_MS);
    const demandW = this.#model.drawW(batch);
    const capped = { capW: this.#allowedW(), idleW: this.#model.idleW, demandW };
    this.#isBusy = true;
    this.#isCapped = capped.capW < demandW;
    this.#drawW = Math.min(drawnW(capped), Math.max(capped.idleW, this.#site?.availableW ?? Number.POSITIVE_INFINITY));
    return phiOf(capped);
  }

  /** Call with the tokens of the step that began last. */
  made(promptTokens: number, outputTokens: number): void {
    this.#meter.tokens(promptTokens, outputTokens);
  }

  /** Call when there is nothing to compute. */
  idle(atMs: Ms): void {
    this.#advance(atMs);
    this.#isBusy = this.#isCapped = false;
    this.#drawW = this.#isOut ? 0 : this.#model.idleW;
    this.#read(READING_MS);
  }

  /** Emits a reading of everything since the last reading. */
  settle(nowMs: Ms): void {
    this.#advance(nowMs);
    this.#read(0);
  }

  /** Begins a new reading and drops what was not read yet. */
  forget(nowMs: Ms): void {
    this.#advance(nowMs);
    this.#heat?.takeHottestC();
    this.#meter.take({ maxTempC: null, batteryShare: null });
  }

  report(nowMs: Ms): PowerReport {
    this.#advance(nowMs);
    const { idleW, maxW } = this.#model;
    const leftW = Math.min(this.#allowedW(), maxW) - this.#drawW;
    const supply = this.#site?.supply;
    return {
      drawW: this.#drawW,
      headroom: Math.min(1, Math.max(0, leftW / (maxW - idleW))),
      temperatureC: this.#heat?.temperatureC ?? null,
      batteryShare: this.#batteryShare(),
      ...ratedPrice(this.#rating, {
        usdPerKwh: supply?.usdPerKwh ?? null,
        gCo2PerKwh: supply?.gCo2PerKwh ?? null,
        usdPerHour: this.#usdPerHour === null ? null : scheduledAt(this.#usdPerHour, nowMs),
        pue: this.#site?.pue ?? 1,
      }),
    };
  }

  #allowedW(): number {
    const siteW = this.#site?.availableW ?? Number.POSITIVE_INFINITY;
    const coolW = this.#heat?.isThrottled === true ? this.#heat.throttleW : Number.POSITIVE_INFINITY;
    return Math.min(this.#ownCapW, this.#injectedCapW, siteW, coolW);
  }

  #advance(toMs: Ms): void {
    while (this.#atMs < toMs) {
      const site = this.#site;
      site?.follow(this.#atMs);
      this.#switch();
      const untilMs = Math.min(
        toMs,
        site?.steadyUntilMs(this.#atMs, this.#drawW) ?? Number.POSITIVE_INFINITY,
        this.#usdPerHour === null ? Number.POSITIVE_INFINITY : nextStepAfter(this.#usdPerHour, this.#atMs),
      );
      this.#account(untilMs);
    }
    this.#site?.follow(toMs);
    this.#switch();
  }

  /** Turns the power off or on, as the site requires. */
  #switch(): void {
    const site = this.#site;
    if (site === null || site.availableW < this.#model.idleW === this.#isOut) return;
    this.#isOut = !this.#isOut;
    if (!this.#isOut) this.#isOnSinceMs = this.#atMs;
    this.#drawW = this.#isOut ? 0 : this.#model.idleW;
    this.#isBusy = this.#isCapped = false;
  }

  #account(untilMs: Ms): void {
    const durationMs = untilMs - this.#atMs;
    const site = this.#site;
    const joules = (this.#drawW * durationMs) / 1000;
    const kwh = site === null ? 0 : (joules * site.pue) / J_PER_KWH;
    const energyUsd = site === null ? null : kwh * site.supply.usdPerKwh;
    const rentUsd =
      this.#usdPerHour === null ? null : (scheduledAt(this.#usdPerHour, this.#atMs) * durationMs) / MS_PER_H;
    this.#meter.add({
      fromMs: this.#atMs,
      durationMs,
      watts: this.#drawW,
      usd: energyUsd === null && rentUsd === null ? null : (energyUsd ?? 0) + (rentUsd ?? 0),
      gCo2: site === null ? null : kwh * site.supply.gCo2PerKwh,
      isBusy: this.#isBusy,
      isCapped: this.#isCapped,
      isThrottled: this.#heat?.isThrottled ?? false,
      isOut: this.#isOut,
    });
    site?.battery?.run(site.sourceW, this.#drawW, durationMs);
    this.#heat?.add(this.#drawW, this.#atMs, durationMs);
    this.#atMs = untilMs;
  }

  #read(leastMs: Ms): void {
    if (this.#meter.pendingMs <= leastMs) return;
    const maxTempC = this.#heat?.takeHottestC() ?? null;
    this.#onReading(this.#meter.take({ maxTempC, batteryShare: this.#batteryShare() }));
  }

  #batteryShare(): number | null {
    const battery = this.#site?.battery ?? null;
    return battery === null ? null : battery.chargeJ / battery.capacityJ;
  }
}

const READING_MS: Ms = 1000;
const J_PER_KWH = 3.6e6;
const MS_PER_H = 3.6e6;
