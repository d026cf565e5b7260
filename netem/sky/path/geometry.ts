import type { Ms } from '../../../core/time/clock.ts';
import { type StepGrid, slotGrid, stepGrid } from './time-grid.ts';
import { WayTable, type WayTableShape } from './way-table.ts';

/** How one way is computed. It is a pure function of step and tag. */
interface WayMaker {
  /** Which of the answers of a slot is wanted, from 0: those of two seeds may differ. */
  readonly tagOf: (slot: number) => number;
  /** The one-way time at a step, in microseconds. */
  readonly usAt: (step: number, tag: number) => number;
  /** How many answers of a slot are kept. */
  readonly answers: number;
}

/**
 * The lengths of all ways through space over the time of one run, computed once: policies, repetitions and threads share them, because they
 * depend on neither policy nor seed. What is drawn, such as a user's satellite, only chooses among them.
 *
 * Most of the work is to move the constellation to an instant. So `computing` computes all ways together, and without it the first question
 * about a slot computes it for all ways that were ever asked about. Ways beyond `mostBytes`, and times outside of the run, are computed anew each time.
 */
export class Geometry {
  /** What was computed, by the name of its way: another thread begins with it. */
  readonly memories: ReadonlyMap<string, SharedArrayBuffer>;
  readonly #memories: Map<string, SharedArrayBuffer>;
  readonly #steps: StepGrid;
  readonly #firstSlot: number;
  readonly #slots: number;
  readonly #mostBytes: number;
  readonly #ways: TabledWay[] = [];
  #bytes = 0;

  /** From 0 to `untilMs` of a run that starts at `epochUnixMs`; `memories` are those of a geometry of the same network and time. */
  constructor(options: {
    readonly epochUnixMs: number;
    readonly stepMs: Ms;
    readonly untilMs: Ms;
    readonly memories?: ReadonlyMap<string, SharedArrayBuffer>;
    readonly mostBytes?: number;
  }) {
    const { epochUnixMs, stepMs, untilMs, memories = new Map(), mostBytes = MOST_BYTES } = options;
    const slots = slotGrid(epochUnixMs);
    this.#steps = stepGrid(slots, stepMs);
    this.#firstSlot = slots.indexAt(0);
    this.#slots = slots.indexAt(untilMs) - this.#firstSlot + 1;
    this.#mostBytes = mostBytes;
    this.#memories = new Map(memories);
    this.memories = this.#memories;
  }

  /** The way of that name, as a function of the step. All that its answers depend on must be in the name, but for the network. */
  way(name: string, maker: WayMaker): (step: number) => number {
    const shape: WayTableShape = {
      firstSlot: this.#firstSlot,
      slots: this.#slots,
      rowsPerSlot: maker.answers,
      width: this.#steps.stepsPerSlot,
    };
    const { slotOf, stepsPerSlot } = this.#steps;
    const direct = (step: number): number => maker.usAt(step, maker.tagOf(slotOf(step)));
    this.#bytes += WayTable.bytes(shape);
    if (this.#bytes > this.#mostBytes) return direct;
    const table = new WayTable(shape, this.#memories.get(name));
    this.#memories.set(name, table.memory);
    const way: TabledWay = { maker, table, isAsked: false };
    this.#ways.push(way);
    return (step) => {
      const slot = slotOf(step);
      if (!table.covers(slot)) return direct(step);
      way.isAsked = true;
      const tag = maker.tagOf(slot);
      let at = table.find(slot, tag);
      if (at === -1) {
        for (const _ of this.#computing(slot, (other) => other.isAsked)) void _;
        at = table.find(slot, tag);
      }
      return at === -1 ? direct(step) : table.values[at + step - slot * stepsPerSlot]!;
    };
  }

  /** How many numbers a row of `memories` has. */
  get width(): number {
    return this.#steps.stepsPerSlot;
  }

  /** How many rows are known of the ways that were asked for here, whoever computed them. */
  get rows(): number {
    return this.#ways.reduce((sum, { table }) => sum + table.rows, 0);
  }

  /** Computes what is missing of the whole run, of all ways that there are. Yields its progress after each instant, 0 to 1. */
  *computing(): Generator<number> {
    for (let slot = 0; slot < this.#slots; slot++) {
      for (const share of this.#computing(this.#firstSlot + slot, () => true)) yield (slot + share) / this.#slots;
    }
  }

  /** Computes what is missing of a slot, one instant after the other. */
  *#computing(slot: number, isWanted: (way: TabledWay) => boolean): Generator<number> {
    const { stepsPerSlot } = this.#steps;
    const missing = this.#ways.filter(isWanted).flatMap(({ maker, table }) => {
      const tag = maker.tagOf(slot);
      return table.find(slot, tag) === -1 ? [{ maker, table, tag, row: new Float64Array(stepsPerSlot) }] : [];
    });
    if (missing.length === 0) return;
    for (let index = 0; index < stepsPerSlot; index++) {
      for (const { maker, row, tag } of missing) row[index] = maker.usAt(slot * stepsPerSlot + index, tag);
      yield (index + 1) / stepsPerSlot;
    }
    // Another question, or another thread, may have been faster.
    for (const { table, row, tag } of missing) if (table.find(slot, tag) === -1) table.keep(slot, tag, row);
  }
}

interface TabledWay {
  readonly maker: WayMaker;
  readonly table: WayTable;
  isAsked: boolean;
}

/** A day of 300 laser paths, or of 20 places of users. */
const MOST_BYTES = 256 << 20;
