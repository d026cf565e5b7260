import type { Event } from '../../core/event/event.ts';
import type { Ms } from '../../core/time/clock.ts';

/** How many requests were outstanding at single nodes, from the events of a run. */
export interface Crowd {
  /** The most at one node at any time. */
  readonly peak: number;
  /** 99 % of the time of all nodes had at most so many. */
  readonly p99: number;
  /** Over all nodes and all time. */
  readonly mean: number;
}

/**
 * Counts the requests that routers have sent to each node and that it has not yet served, over all routers: also those on their way to it.
 * One that never comes there is counted until its router sends it elsewhere or its client hears of its end. Only the time from `fromMs` to `untilMs` counts.
 */
export class NodeCrowds {
  readonly #fromMs: Ms;
  readonly #untilMs: Ms;
  readonly #nodes = new Map<string, NodeCrowd>();
  /** The attempt of each request that is open. */
  readonly #open = new Map<number, OpenAttempt>();

  constructor(nodes: readonly string[], { fromMs, untilMs }: { readonly fromMs: Ms; readonly untilMs: Ms }) {
    this.#fromMs = fromMs;
    this.#untilMs = untilMs;
    for (const node of nodes) this.#nodes.set(node, { count: 0, sinceMs: 0, msAt: [], peak: 0 });
  }

  add(event: Event): void {
    switch (event.kind) {
      case 'routed':
        this.#leave(event.request, event.atMs);
        this.#change(nodeIn(event.endpoint), 1, event.atMs);
        this.#open.set(event.request, { node: nodeIn(event.endpoint), attempt: event.attempt });
        break;
      case 'served':
        if (this.#open.get(event.request)?.attempt === event.attempt) this.#leave(event.request, event.atMs);
        break;
      case 'finished':
        this.#leave(event.request, event.atMs);
        break;
    }
  }

  /** What was counted; the run is over. */
  crowd(): Crowd {
    const msAt: number[] = [];
    let peak = 0;
    for (const node of this.#nodes.values()) {
      this.#pass(node, this.#untilMs);
      peak = Math.max(peak, node.peak);
      for (const [count, ms] of node.msAt.entries()) msAt[count] = (msAt[count] ?? 0) + (ms ?? 0);
    }
    const totalMs = msAt.reduce((sum, ms) => sum + (ms ?? 0), 0);
    let [p99, seenMs] = [0, 0];
    for (; p99 < msAt.length; p99++) {
      seenMs += msAt[p99] ?? 0;
      if (seenMs >= 0.99 * totalMs) break;
    }
    return { peak, p99, mean: msAt.reduce((sum, ms, count) => sum + (ms ?? 0) * count, 0) / totalMs };
  }

  #leave(request: number, atMs: Ms): void {
    const open = this.#open.get(request);
    if (open === undefined) return;
    this.#open.delete(request);
    this.#change(open.node, -1, atMs);
  }

  #change(name: string, by: 1 | -1, atMs: Ms): void {
    const node = this.#nodes.get(name)!;
    this.#pass(node, atMs);
    node.count += by;
    if (atMs >= this.#fromMs && atMs <= this.#untilMs) node.peak = Math.max(node.peak, node.count);
  }

  /** Adds the time since the last change to the count of that time. */
  #pass(node: NodeCrowd, atMs: Ms): void {
    const ms = Math.min(atMs, this.#untilMs) - Math.max(node.sinceMs, this.#fromMs);
    if (ms > 0) node.msAt[node.count] = (node.msAt[node.count] ?? 0) + ms;
    node.sinceMs = Math.max(node.sinceMs, atMs);
  }
}

interface OpenAttempt {
  readonly node: string;
  readonly attempt: number;
}

interface NodeCrowd {
  count: number;
  sinceMs: Ms;
  /** By count: how long there were so many. */
  readonly msAt: number[];
  peak: number;
}

/** The node of an endpoint: `router/node/medium`, or `node/medium` with one router. */
const nodeIn = (endpoint: string): string => endpoint.split('/').at(-2)!;
