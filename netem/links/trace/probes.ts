// Logs of a million probes: columns of typed arrays, so that a probe takes some tens of bytes and makes no garbage.
import type { Ms } from '../../../core/time/clock.ts';

/** What became of a probe. `lost-up` and `lost-down` are known only to tools whose server counts. */
export type Fate = 'answered' | 'lost' | 'lost-up' | 'lost-down';

/** One probe. What is not known is NaN. */
export interface Probe {
  /** When it was sent, in milliseconds on any clock that all probes of a list share. */
  readonly atMs: Ms;
  readonly fate: Fate;
  readonly rttMs?: number;
  /** One-way delays: to the far end, and back. */
  readonly upMs?: number;
  readonly downMs?: number;
  /** Rates that were measured at the same time, in Mbit/s. */
  readonly upMbps?: number;
  readonly downMbps?: number;
}

const COLUMNS = ['atMs', 'rttMs', 'upMs', 'downMs', 'upMbps', 'downMbps'] as const;
const FATES: readonly Fate[] = ['answered', 'lost', 'lost-up', 'lost-down'];

type Column = (typeof COLUMNS)[number];

/** Probes of one path, in the order in which they are added. */
export class ProbeList {
  #length = 0;
  #values = new Float64Array(64 * COLUMNS.length);
  #fates = new Uint8Array(64);

  get length(): number {
    return this.#length;
  }

  add(probe: Probe): void {
    if (this.#length === this.#fates.length) this.#grow();
    const from = this.#length * COLUMNS.length;
    for (let column = 0; column < COLUMNS.length; column++)
      this.#values[from + column] = probe[COLUMNS[column]!] ?? Number.NaN;
    this.#fates[this.#length++] = FATES.indexOf(probe.fate);
  }

  fate(index: number): Fate {
    return FATES[this.#fates[index]!]!;
  }

  value(index: number, column: Column): number {
    return this.#values[index * COLUMNS.length + COLUMNS.indexOf(column)]!;
  }

  /** Whether any probe has a value in `column`. */
  has(column: Column): boolean {
    for (let index = 0; index < this.#length; index++) if (!Number.isNaN(this.value(index, column))) return true;
    return false;
  }

  probe(index: number): Required<Probe> {
    const value = (column: Column): number => this.value(index, column);
    return {
      atMs: value('atMs'),
      fate: this.fate(index),
      rttMs: value('rttMs'),
      upMs: value('upMs'),
      downMs: value('downMs'),
      upMbps: value('upMbps'),
      downMbps: value('downMbps'),
    };
  }

  /** The same probes in the order of their instants; equal instants keep their order. */
  inOrder(): ProbeList {
    let isOrdered = true;
    for (let index = 1; isOrdered && index < this.#length; index++)
      isOrdered = this.value(index - 1, 'atMs') <= this.value(index, 'atMs');
    if (isOrdered) return this;
    const order = Uint32Array.from({ length: this.#length }, (_, index) => index);
    order.sort((a, b) => this.value(a, 'atMs') - this.value(b, 'atMs') || a - b);
    const sorted = new ProbeList();
    for (const index of order) sorted.add(this.probe(index));
    return sorted;
  }

  #grow(): void {
    const values = new Float64Array(2 * this.#values.length);
    values.set(this.#values);
    this.#values = values;
    const fates = new Uint8Array(2 * this.#fates.length);
    fates.set(this.#fates);
    this.#fates = fates;
  }
}
