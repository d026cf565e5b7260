import type { Event } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';
import type { LinkModel, LinkState } from '../netem/links/model/link-model.ts';
import { NumberColumn } from './number-column.ts';

type LinkEvent = Extract<Event, { kind: 'link' }>;

/** The planned state of each link over time, from the log. Events of one link may come in any order. */
export class LinkPlan {
  readonly #links = new Map<string, LinkHistory>();

  add(event: LinkEvent): void {
    this.#history(event.link).add(event.atMs, event);
  }

  merge(other: LinkPlan): void {
    for (const [link, history] of other.#links) this.#history(link).merge(history);
  }

  /**
   * One-way delay of `link` for a message sent at `atMs`, in microseconds, or null where the plan has no single number:
   * the link is unknown, or it is down or comes up within `settleMs` of then.
   */
  delayUs(link: string, atMs: Ms, settleMs: Ms): number | null {
    return this.#links.get(link)?.settledDelayUs(atMs, settleMs) ?? null;
  }

  /** `link` as logged; before its first line it has the state of that line. Null for an unknown link. */
  model(link: string): LinkModel | null {
    return this.#links.get(link) ?? null;
  }

  /** Paths with at least one direction that was never up, sorted. */
  neverUp(): readonly string[] {
    const paths = [...this.#links].filter(([, history]) => !history.wasUp).map(([link]) => pathOf(link));
    return [...new Set(paths)].sort();
  }

  /** Paths of which both directions are known, sorted. */
  paths(): readonly string[] {
    const paths = new Set([...this.#links.keys()].map(pathOf));
    return [...paths].filter((path) => WAYS.every((way) => this.#links.has(`${path}/${way}`))).sort();
  }

  /** How long both directions of a path were up within a stretch of time. */
  upMs(path: string, fromMs: Ms, untilMs: Ms): Ms {
    const links = WAYS.flatMap((way) => this.model(`${path}/${way}`) ?? []);
    let upMs = 0;
    for (let atMs = fromMs; atMs < untilMs; ) {
      const nextMs = Math.min(untilMs, ...links.map((link) => link.nextChangeAfter(atMs) ?? untilMs));
      if (links.every((link) => link.stateAt(atMs).up)) upMs += nextMs - atMs;
      atMs = nextMs;
    }
    return upMs;
  }

  #history(link: string): LinkHistory {
    const known = this.#links.get(link);
    if (known !== undefined) return known;
    const history = new LinkHistory();
    this.#links.set(link, history);
    return history;
  }
}

const WAYS = ['forward', 'back'] as const;

/** Links are named by their path and `forward` or `back`. */
const pathOf = (link: string): string => link.slice(0, link.lastIndexOf('/'));

const STATE = ['delayUs', 'jitterUs', 'lossRate', 'rateKbps'] as const;

/** One link over time, in 48 bytes a change. Leaves out bursts and bounds of queues: no figure of a plan needs them. */
class LinkHistory implements LinkModel {
  readonly #atMs = new NumberColumn(0);
  readonly #up = new NumberColumn(0);
  readonly #state = {
    delayUs: new NumberColumn(0),
    jitterUs: new NumberColumn(0),
    lossRate: new NumberColumn(0),
    rateKbps: new NumberColumn(0),
  };
  /** Rows in the order of time; null while they came in that order. */
  #order: Uint32Array | null = null;
  #isInOrder = true;
  wasUp = false;

  add(atMs: Ms, state: LinkState): void {
    if (this.#atMs.length > 0 && atMs < this.#atMs.at(this.#atMs.length - 1)) this.#isInOrder = false;
    this.#order = null;
    this.#atMs.push(atMs);
    this.#up.push(state.up ? 1 : 0);
    for (const key of STATE) this.#state[key].push(state[key]);
    this.wasUp ||= state.up;
  }

  merge(other: LinkHistory): void {
    for (let row = 0; row < other.#atMs.length; row++) this.add(other.#atMs.at(row), other.#stateOf(row));
  }

  stateAt(atMs: Ms): LinkState {
    return this.#stateOf(this.#row(Math.max(0, this.#lastAtOrBefore(atMs))));
  }

  nextChangeAfter(afterMs: Ms): Ms | null {
    const next = this.#lastAtOrBefore(afterMs) + 1;
    return next < this.#atMs.length ? this.#atMs.at(this.#row(next)) : null;
  }

  settledDelayUs(atMs: Ms, settleMs: Ms): number | null {
    const index = this.#lastAtOrBefore(atMs);
    if (index < 0) return null;
    for (
      let place = index;
      place === index || (place >= 0 && this.#atMs.at(this.#row(place)) > atMs - settleMs);
      place--
    ) {
      if (this.#up.at(this.#row(place)) === 0) return null;
    }
    return this.#state.delayUs.at(this.#row(index));
  }

  #stateOf(row: number): LinkState {
    const { delayUs, jitterUs, lossRate, rateKbps } = this.#state;
    return {
      up: this.#up.at(row) === 1,
      delayUs: delayUs.at(row),
      jitterUs: jitterUs.at(row),
      lossRate: lossRate.at(row),
      rateKbps: rateKbps.at(row),
    };
  }

  /** The row at `place` in the order of time. */
  #row(place: number): number {
    if (this.#isInOrder) return place;
    this.#order ??= Uint32Array.from({ length: this.#atMs.length }, (_, row) => row).sort(
      (a, b) => this.#atMs.at(a) - this.#atMs.at(b) || a - b,
    );
    return this.#order[place]!;
  }

  /** -1 when all are later. */
  #lastAtOrBefore(atMs: Ms): number {
    let low = -1;
    let high = this.#atMs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#atMs.at(this.#row(middle)) <= atMs) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
