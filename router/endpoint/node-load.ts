import type { Ms } from '../../core/time/clock.ts';
import type { LoadReport } from './load-report.ts';

/** A prompt on its way to a node: not yet in any of the node's reports, nor answered. */
export interface PromptInFlight {
  readonly promptTokens: number;
  /** When it should have reached the node. */
  readonly arrivesAtMs: Ms;
  /** Whether it still counts as unreported; only `NodeLoad` writes it. */
  isUnreported: boolean;
  /** Where it is among those in flight; -1 for none. Only `NodeLoad` writes it. */
  place: number;
}

/**
 * What the router knows of the load of each node: its latest report, and what this router has sent it since.
 * Two endpoints of one node share a row. Hot path: a policy reads the typed arrays in place.
 */
export class NodeLoad {
  /** When the node wrote its latest report; NaN before the first, and the rest of the row is 0. */
  readonly reportedAtMs: Float64Array;
  readonly running: Float64Array;
  readonly waiting: Float64Array;
  readonly pendingPromptTokens: Float64Array;
  readonly kvUsage: Float64Array;
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
  /** Prompt tokens that this router sent and that are in no report yet, and not answered by a first message. */
  readonly unreportedPromptTokens: Float64Array;
  readonly #inFlight: PromptInFlight[][];

  constructor(nodes: number) {
    this.reportedAtMs = new Float64Array(nodes).fill(Number.NaN);
    this.running = new Float64Array(nodes);
    this.waiting = new Float64Array(nodes);
    this.pendingPromptTokens = new Float64Array(nodes);
    this.kvUsage = new Float64Array(nodes);
    this.stepMs = new Float64Array(nodes);
    this.prefillMsPerToken = new Float64Array(nodes);
    this.prefillBaseMs = new Float64Array(nodes);
    this.prefixHitShare = new Float64Array(nodes);
    this.headroom = new Float64Array(nodes).fill(Number.NaN);
    this.temperatureC = new Float64Array(nodes).fill(Number.NaN);
    this.batteryShare = new Float64Array(nodes).fill(Number.NaN);
    this.usdPerMillionTokens = new Float64Array(nodes).fill(Number.NaN);
    this.gCo2PerMillionTokens = new Float64Array(nodes).fill(Number.NaN);
    this.unreportedPromptTokens = new Float64Array(nodes);
    this.#inFlight = Array.from({ length: nodes }, () => []);
  }

  sent(node: number, prompt: PromptInFlight): void {
    const inFlight = this.#inFlight[node]!;
    prompt.place = inFlight.length;
    inFlight.push(prompt);
    this.unreportedPromptTokens[node] = this.unreportedPromptTokens[node]! + prompt.promptTokens;
  }

  /** The prompt was answered or given up: other requests no longer wait behind it. */
  settled(node: number, prompt: PromptInFlight): void {
    this.#uncount(node, prompt);
    const inFlight = this.#inFlight[node]!;
    if (inFlight[prompt.place] !== prompt) return;
    // The last one takes its place: to find it costs nothing, however long others wait, and nothing is left of it.
    const last = inFlight.pop()!;
    if (last !== prompt) inFlight[prompt.place] = last;
    last.place = prompt.place;
    prompt.place = -1;
  }

  /** Stores a report, unless a later one came first. */
  report(node: number, report: LoadReport): void {
    if (report.atMs < this.reportedAtMs[node]!) return;
    this.reportedAtMs[node] = report.atMs;
    this.running[node] = report.running;
    this.waiting[node] = report.waiting;
    this.pendingPromptTokens[node] = report.pendingPromptTokens;
    this.kvUsage[node] = report.kvUsage;
    this.stepMs[node] = report.stepMs;
    this.prefillMsPerToken[node] = report.prefillMsPerToken;
    this.prefillBaseMs[node] = report.prefillBaseMs;
    this.prefixHitShare[node] = report.prefixHitShare;
    if (report.power !== undefined) {
      this.headroom[node] = report.power.headroom;
      this.temperatureC[node] = report.power.temperatureC ?? Number.NaN;
      this.batteryShare[node] = report.power.batteryShare ?? Number.NaN;
      this.usdPerMillionTokens[node] = report.power.usdPerMillionTokens ?? Number.NaN;
      this.gCo2PerMillionTokens[node] = report.power.gCo2PerMillionTokens ?? Number.NaN;
    }
    // Prompts that had arrived by then are in the report's own count, if they are not computed already.
    const inFlight = this.#inFlight[node]!;
    let left = 0;
    for (const prompt of inFlight) {
      if (prompt.arrivesAtMs <= report.atMs) {
        this.#uncount(node, prompt);
        prompt.place = -1;
      } else {
        prompt.place = left;
        inFlight[left++] = prompt;
      }
    }
    inFlight.length = left;
  }

  /** Goes on from the latest report of a node that another one has; what is on its way is not counted. */
  inherit(node: number, from: NodeLoad, its: number): void {
    for (const [mine, others] of [
      [this.reportedAtMs, from.reportedAtMs],
      [this.running, from.running],
      [this.waiting, from.waiting],
      [this.pendingPromptTokens, from.pendingPromptTokens],
      [this.kvUsage, from.kvUsage],
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
  }

  #uncount(node: number, prompt: PromptInFlight): void {
    if (!prompt.isUnreported) return;
    prompt.isUnreported = false;
    this.unreportedPromptTokens[node] = this.unreportedPromptTokens[node]! - prompt.promptTokens;
  }
}
