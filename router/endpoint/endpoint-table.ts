import { drawAt, streamKey } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { Filter } from '../filter/filter.ts';
import type { RequestInfo } from '../request-info.ts';
import { DEFAULT_EWMA, type EwmaSettings, PeakEwma } from './ewma.ts';
import { type Forecast, noForecast } from './forecast.ts';
import type { LoadReport } from './load-report.ts';
import { NodeLoad, type PromptInFlight } from './node-load.ts';
import { PathsNow } from './paths-now.ts';
import { DEFAULT_RESIDUAL, Residual, type ResidualSettings } from './residual.ts';

/** A node reached over one path. */
export interface EndpointSpec {
  /** Unique, for people and logs: `ashburn-1/fibre`. */
  readonly name: string;
  /** The node behind it; two endpoints that name one node share its load. */
  readonly node: string;
  readonly medium: string;
  /** Its share for the policies that weigh; 1 by default. */
  readonly weight?: number;
  /** How many requests this router may have at the node, over all its paths; null or left out for no limit beside that of each endpoint. */
  readonly maxOutstanding?: number | null;
  /** The models that the node serves; null or left out for any. */
  readonly models?: readonly string[] | null;
  /** Who owns the node; empty by default. */
  readonly provider?: string;
  /** Where the node stands, for the policies that tell places apart; the node's own name by default. */
  readonly site?: string;
  /** The price of a million tokens of answers there when the run starts; null or left out where it is not known. */
  readonly usdPerMillionTokens?: number | null;
  readonly gCo2PerMillionTokens?: number | null;
}

export interface EndpointTableOptions {
  readonly forecast?: Forecast;
  readonly ewma?: EwmaSettings;
  readonly residual?: ResidualSettings;
  /** Draws the phases. */
  readonly seed?: number;
}

/**
 * Everything that a router knows of its endpoints, one array a property, indexed by endpoint (or by node, where it says so).
 *
 * Hot path: a policy reads it in place, so a pick allocates nothing. A policy chooses among `candidates` only. The
 * methods write, and belong to the `Router`.
 */
export class EndpointTable {
  readonly size: number;
  readonly names: readonly string[];
  readonly media: readonly string[];
  readonly nodeNames: readonly string[];
  /** The row of its node in `nodes`. */
  readonly nodeOf: Uint32Array;
  readonly weight: Float64Array;
  /** Where in its first period a weighted rotation meets the endpoint, 0 to 1, drawn: not all start at once. */
  readonly phase: Float64Array;
  readonly providers: readonly string[];
  readonly sites: readonly string[];
  /** At the start of the run; later prices from nodes are in `nodes`. NaN where not known. */
  readonly usdPerMillionTokens: Float64Array;
  readonly gCo2PerMillionTokens: Float64Array;
  /** 1 while the router holds a connection to it. */
  readonly available: Uint8Array;
  /** Open requests of this router there. */
  readonly outstanding: Uint32Array;
  /** Measured time to the first message. */
  readonly ewma: PeakEwma;
  /** Learnt errors of the policy's predictions. */
  readonly residual: Residual;
  /** By node. */
  readonly nodes: NodeLoad;
  /** By node: open requests of this router there, over all paths. */
  readonly nodeOutstanding: Uint32Array;
  /** Open requests of this router. */
  outstandingTotal = 0;
  /** By node: its first endpoint; and by endpoint: the next one of its node, -1 after the last. */
  readonly firstEndpointOf: Int32Array;
  readonly nextEndpointOf: Int32Array;
  readonly forecast: Forecast;
  /** The same at the instant of a pick, by endpoint. */
  readonly paths: PathsNow;
  /** The endpoints to choose from, in the first `candidateCount` places, ascending. */
  readonly candidates: Uint32Array;
  candidateCount = 0;
  /** How many nodes have a candidate, and the sum of their weights; a node has the weight of its first endpoint. */
  candidateNodes = 0;
  candidateNodeWeight = 0;
  /** By endpoint and by node: the number of the list of candidates that it was last in. */
  readonly #listOf: Uint32Array;
  readonly #nodeListOf: Uint32Array;
  #list = 0;
  #candidatesUntilMs: Ms = Number.NEGATIVE_INFINITY;

  constructor(specs: readonly EndpointSpec[], options: EndpointTableOptions = {}) {
    this.size = specs.length;
    this.names = specs.map((spec) => spec.name);
    this.media = specs.map((spec) => spec.medium);
    this.nodeNames = [...new Set(specs.map((spec) => spec.node))];
    this.nodeOf = Uint32Array.from(specs, (spec) => this.nodeNames.indexOf(spec.node));
    this.weight = Float64Array.from(specs, (spec) => spec.weight ?? 1);
    this.phase = Float64Array.from(specs, (spec) => drawAt(streamKey(`${options.seed ?? 0}/phase/${spec.name}`), 0));
    this.providers = specs.map((spec) => spec.provider ?? '');
    this.sites = specs.map((spec) => spec.site ?? spec.node);
    this.usdPerMillionTokens = Float64Array.from(specs, (spec) => spec.usdPerMillionTokens ?? Number.NaN);
    this.gCo2PerMillionTokens = Float64Array.from(specs, (spec) => spec.gCo2PerMillionTokens ?? Number.NaN);
    this.available = new Uint8Array(this.size).fill(1);
    this.outstanding = new Uint32Array(this.size);
    this.ewma = new PeakEwma(this.size, options.ewma ?? DEFAULT_EWMA);
    this.nodes = new NodeLoad(this.nodeNames.length);
    this.nodeOutstanding = new Uint32Array(this.nodeNames.length);
    this.firstEndpointOf = new Int32Array(this.nodeNames.length).fill(-1);
    this.nextEndpointOf = new Int32Array(this.size).fill(-1);
    for (let endpoint = this.size - 1; endpoint >= 0; endpoint--) {
      const node = this.nodeOf[endpoint]!;
      this.nextEndpointOf[endpoint] = this.firstEndpointOf[node]!;
      this.firstEndpointOf[node] = endpoint;
    }
    this.#listOf = new Uint32Array(this.size);
    this.#nodeListOf = new Uint32Array(this.nodeNames.length);
    this.forecast = options.forecast ?? noForecast;
    this.paths = new PathsNow(this.size, this.forecast);
    this.residual = new Residual(this.size, options.residual ?? DEFAULT_RESIDUAL, (endpoint, afterMs) =>
      this.forecast.nextHandoverAfter(endpoint, afterMs),
    );
    this.candidates = new Uint32Array(this.size);
    this.refreshCandidates(0);
    this.forgetCandidates(); // the forecast was not asked with the true start yet
  }

  /**
   * Updates `candidates` to `nowMs`: the available endpoints whose path is not known to be down, without those in
   * `avoided`. If every path is known to be down, all of them count, because a short outage only delays a message.
   */
  refreshCandidates(nowMs: Ms, avoided: readonly number[] = NONE): void {
    if (avoided.length === 0 && nowMs < this.#candidatesUntilMs) return;
    let untilMs = Number.POSITIVE_INFINITY;
    for (let endpoint = 0; endpoint < this.size; endpoint++) {
      untilMs = Math.min(untilMs, this.forecast.nextChangeAfter(endpoint, nowMs));
    }
    this.candidateCount = this.#fill(avoided, (endpoint) => this.forecast.isUpAt(endpoint, nowMs, nowMs));
    if (this.candidateCount === 0) this.candidateCount = this.#fill(avoided, () => true);
    this.#candidatesUntilMs = avoided.length === 0 ? untilMs : Number.NEGATIVE_INFINITY;
    this.#markCandidates();
  }

  /** Puts every available endpoint into `candidates`, for one pick, but for those in `avoided`: also those whose path is known to be down. */
  widenCandidates(avoided: readonly number[]): void {
    this.candidateCount = this.#fill(avoided, () => true);
    this.forgetCandidates();
    this.#markCandidates();
  }

  /** Another number for each list of candidates: what was computed of a list holds while the number is the same. */
  get candidateList(): number {
    return this.#list;
  }

  isCandidate(endpoint: number): boolean {
    return this.#listOf[endpoint] === this.#list;
  }

  /** Whether an endpoint of the node is a candidate. */
  isCandidateNode(node: number): boolean {
    return this.#nodeListOf[node] === this.#list;
  }

  /** Keeps in `candidates`, for one pick, only those that the filter admits. */
  narrowCandidates(filter: Filter, request: RequestInfo, nowMs: Ms): void {
    const { candidates, candidateCount } = this;
    let count = 0;
    for (let index = 0; index < candidateCount; index++) {
      const endpoint = candidates[index]!;
      if (filter.admits(endpoint, request, nowMs)) candidates[count++] = endpoint;
    }
    if (count === candidateCount) return;
    this.candidateCount = count;
    this.forgetCandidates();
    this.#markCandidates();
  }

  /** Makes the next pick compute the candidates again. */
  forgetCandidates(): void {
    this.#candidatesUntilMs = Number.NEGATIVE_INFINITY;
  }

  setAvailable(endpoint: number, isAvailable: boolean): void {
    if (isAvailable === (this.available[endpoint] === 1)) return;
    this.available[endpoint] = isAvailable ? 1 : 0;
    this.forgetCandidates();
  }

  begin(endpoint: number, prompt: PromptInFlight): void {
    this.#count(endpoint, 1);
    this.nodes.sent(this.nodeOf[endpoint]!, prompt);
  }

  firstMessage(endpoint: number, prompt: PromptInFlight): void {
    this.nodes.answered(this.nodeOf[endpoint]!, prompt);
  }

  end(endpoint: number, prompt: PromptInFlight): void {
    this.#count(endpoint, -1);
    this.nodes.ended(this.nodeOf[endpoint]!, prompt);
  }

  report(endpoint: number, report: LoadReport): void {
    this.nodes.report(this.nodeOf[endpoint]!, report);
  }

  /** Knows of an endpoint what another table has learnt of it, under its number there. Open requests are not learnt. */
  inherit(endpoint: number, from: EndpointTable, its: number): void {
    this.ewma.inherit(endpoint, from.ewma, its);
    this.residual.inherit(endpoint, from.residual, its);
    this.nodes.inherit(this.nodeOf[endpoint]!, from.nodes, from.nodeOf[its]!);
  }

  #count(endpoint: number, change: 1 | -1): void {
    const node = this.nodeOf[endpoint]!;
    this.outstanding[endpoint] = this.outstanding[endpoint]! + change;
    this.nodeOutstanding[node] = this.nodeOutstanding[node]! + change;
    this.outstandingTotal += change;
  }

  /** Gives the list of candidates a number of its own, and writes it beside each. */
  #markCandidates(): void {
    const { candidates, candidateCount, nodeOf } = this;
    if (++this.#list === LISTS) {
      this.#listOf.fill(0);
      this.#nodeListOf.fill(0);
      this.#list = 1;
    }
    this.candidateNodes = 0;
    this.candidateNodeWeight = 0;
    for (let index = 0; index < candidateCount; index++) {
      const endpoint = candidates[index]!;
      const node = nodeOf[endpoint]!;
      this.#listOf[endpoint] = this.#list;
      if (this.#nodeListOf[node] === this.#list) continue;
      this.#nodeListOf[node] = this.#list;
      this.candidateNodes++;
      this.candidateNodeWeight += this.weight[this.firstEndpointOf[node]!]!;
    }
  }

  /** Puts the available endpoints that qualify into `candidates`; returns how many. */
  #fill(avoided: readonly number[], qualifies: (endpoint: number) => boolean): number {
    let count = 0;
    for (let endpoint = 0; endpoint < this.size; endpoint++) {
      if (this.available[endpoint] === 1 && !avoided.includes(endpoint) && qualifies(endpoint)) {
        this.candidates[count++] = endpoint;
      }
    }
    return count;
  }
}

const NONE: readonly number[] = [];

/** Numbers of lists begin again there, before they are too large for the arrays: a filter may make a list for each request. */
const LISTS = 2 ** 30;
