import type { Ms } from '../../core/time/clock.ts';
import { Crowding } from './crowding.ts';
import type { LoadReport } from './load-report.ts';

/** A request on its way to a node: not yet in any of the node's reports. */
export interface PromptInFlight {
  readonly promptTokens: number;
  /** When it should have reached the node. */
  readonly arrivesAtMs: Ms;
  /** Whether its prompt still counts as unreported; only `NodeLoad` writes it. */
  isUnreported: boolean;
  /** Where it is among those that no report has; -1 for none. Only `NodeLoad` writes it. */
  place: number;
}

/**
 * What the router knows of the load of each node: its latest report, and what this router has sent it since.
 * Two endpoints of one node share a row. Hot path: a policy reads the typed arrays in place.
 */
export class NodeLoad {
  /** When the node wrote its latest report; NaN before the first. What no report has said is 0. */
  readonly reportedAtMs: Float64Array;
  readonly running: Float64Array;
  readonly waiting: Float64Array;
  readonly pendingPromptTokens: Float64Array;
  readonly kvUsage: Float64Array;
  readonly utilization: Float64Array;
  readonly stepMs: Float64Array;
  readonly prefillMsPerToken: Float64Array;
  readonly prefillBaseMs: Float64Array;
  readonly prefixHitShare: Float64Array;
  /** How much more a node may draw, see `PowerReport`; NaN, as the four below, until the node reports it. */
  readonly headroom: Float64Array;
  readonly temperatureC: Float64Array;
  readonly batteryShare: Float64Array;
  readonly usdPerMillionTokens: Float64Array;
  readonly gCo2PerMillionTokens: Float64Array;
  /** Open requests that this router sent and that are in no report yet. */
  readonly unreportedRequests: Float64Array;
  /** Prompt tokens that this router sent and that are in no report yet, and not answered by a first message. */
  readonly unreportedPromptTokens: Float64Array;
  readonly #crowding: Crowding;
  /** Prompts that this router has sent. */
  readonly #sent: Float64Array;
  readonly #unreported: PromptInFlight[][];

  constructor(nodes: number) {
    this.reportedAtMs = new Float64Array(nodes).fill(Number.NaN);
    this.running = new Float64Array(nodes);
    this.waiting = new Float64Array(nodes);
    this.pendingPromptTokens = new Float64Array(nodes);
    this.kvUsage = new Float64Array(nodes);
    this.utilization = new Float64Array(nodes);
    this.stepMs = new Float64Array(nodes);
    this.prefillMsPerToken = new Float64Array(nodes);
    this.prefillBaseMs = new Float64Array(nodes);
    this.prefixHitShare = new Float64Array(nodes);
    this.headroom = new Float64Array(nodes).fill(Number.NaN);
    this.temperatureC = new Float64Array(nodes).fill(Number.NaN);
    this.batteryShare = new Float64Array(nodes).fill(Number.NaN);
    this.usdPerMillionTokens = new Float64Array(nodes).fill(Number.NaN);
    this.gCo2PerMillionTokens = new Float64Array(nodes).fill(Number.NaN);
    this.unreportedRequests = new Float64Array(nodes);
    this.unreportedPromptTokens = new Float64Array(nodes);
    this.#crowding = new Crowding(nodes);
    this.#sent = new Float64Array(nodes);
    this.#unreported = Array.from({ length: nodes }, () => []);
  }

  /** How many requests come to the node for each of this router, at least 1. */
  crowding(node: number): number {
    return this.#crowding.ratio[node]!;
  }

  /**
   * How many requests the node probably got since its report and has not ended: those of this router, times `crowding`. Routers that have heard the
   * same of a node like it for the same reasons, so what one has sent there says what the others have.
   */
  unseenRequests(node: number): number {
    return this.unreportedRequests[node]! * this.#crowding.ratio[node]!;
  }

  /** The same of prompt tokens that are not computed yet. */
  unseenPromptTokens(node: number): number {
    return this.unreportedPromptTokens[node]! * this.#crowding.ratio[node]!;
  }

  sent(node: number, prompt: PromptInFlight): void {
    const unreported = this.#unreported[node]!;
    prompt.place = unreported.length;
    unreported.push(prompt);
    this.#sent[node] = this.#sent[node]! + 1;
    this.unreportedRequests[node] = unreported.length;
    this.unreportedPromptTokens[node] = this.unreportedPromptTokens[node]! + prompt.promptTokens;
  }

  /** The prompt was answered: other requests no longer wait behind it. */
  answered(node: number, prompt: PromptInFlight): void {
    this.#uncount(node, prompt);
  }

  /** The request is over. */
  ended(node: number, prompt: PromptInFlight): void {
    this.#uncount(node, prompt);
    const unreported = this.#unreported[node]!;
    if (unreported[prompt.place] !== prompt) return;
    // The last one takes its place: to find it costs nothing, however long others wait, and nothing is left of it.
    const last = unreported.pop()!;
    if (last !== prompt) unreported[prompt.place] = last;
    last.place = prompt.place;
    prompt.place = -1;
    this.unreportedRequests[node] = unreported.length;
  }

  /** Stores what a report says, unless a later one came first. Its `atMs` must be known. */
  report(node: number, report: LoadReport): void {
    if (report.atMs < this.reportedAtMs[node]!) return;
    this.reportedAtMs[node] = report.atMs;
    store(this.running, node, report.running);
    store(this.waiting, node, report.waiting);
    store(this.pendingPromptTokens, node, report.pendingPromptTokens);
    store(this.kvUsage, node, report.kvUsage);
    store(this.utilization, node, report.utilization);
    store(this.stepMs, node, report.stepMs);
    store(this.prefillMsPerToken, node, report.prefillMsPerToken);
    store(this.prefillBaseMs, node, report.prefillBaseMs);
    store(this.prefixHitShare, node, report.prefixHitShare);
    if (report.power !== undefined) {
      this.headroom[node] = report.power.headroom;
      this.temperatureC[node] = report.power.temperatureC ?? Number.NaN;
      this.batteryShare[node] = report.power.batteryShare ?? Number.NaN;
      this.usdPerMillionTokens[node] = report.power.usdPerMillionTokens ?? Number.NaN;
      this.gCo2PerMillionTokens[node] = report.power.gCo2PerMillionTokens ?? Number.NaN;
    }
    const waitsKnown = !Number.isNaN(report.waiting);
    const tokensKnown = !Number.isNaN(report.pendingPromptTokens);
    if (waitsKnown || tokensKnown) this.#seen(node, report.atMs, tokensKnown);
    const underWay = this.unreportedRequests[node]!;
    const { atMs, requestsReceived: received } = report;
    this.#crowding.reported(node, { atMs, received, sent: this.#sent[node]! - underWay });
  }

  /** Goes on from the latest report of a node that another one has; what is on its way is not counted. */
  inherit(node: number, from: NodeLoad, its: number): void {
    for (const [mine, others] of [
      [this.reportedAtMs, from.reportedAtMs],
      [this.running, from.running],
      [this.waiting, from.waiting],
      [this.pendingPromptTokens, from.pendingPromptTokens],
      [this.kvUsage, from.kvUsage],
      [this.utilization, from.utilization],
      [this.stepMs, from.stepMs],
      [this.prefillMsPerToken, from.prefillMsPerToken],
      [this.prefillBaseMs, from.prefillBaseMs],
      [this.prefixHitShare, from.prefixHitShare],
      [this.headroom, from.headroom],
      [this.temperatureC, from.temperatureC],
      [this.batteryShare, from.batteryShare],
      [this.usdPerMillionTokens, from.usdPerMillionTokens],
      [this.gCo2PerMillionTokens, from.gCo2PerMillionTokens],
    ] as const) {
      mine[node] = others[its]!;
    }
    this.#crowding.inherit(node, from.#crowding, its);
  }

  /** Requests that had arrived by then are in the report's own counts, if they are not served already. */
  #seen(node: number, atMs: Ms, tokensKnown: boolean): void {
    const unreported = this.#unreported[node]!;
    let left = 0;
    for (const prompt of unreported) {
      if (prompt.arrivesAtMs <= atMs) {
        if (tokensKnown) this.#uncount(node, prompt);
        prompt.place = -1;
      } else {
        prompt.place = left;
        unreported[left++] = prompt;
      }
    }
    unreported.length = left;
    this.unreportedRequests[node] = left;
  }

  #uncount(node: number, prompt: PromptInFlight): void {
    if (!prompt.isUnreported) return;
    prompt.isUnreported = false;
    this.unreportedPromptTokens[node] = this.unreportedPromptTokens[node]! - prompt.promptTokens;
  }
}

/** What a report does not say stays what it was. */
const store = (values: Float64Array, node: number, value: number): void => {
  if (!Number.isNaN(value)) values[node] = value;
};
