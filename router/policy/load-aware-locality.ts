import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { Observation } from '../observation.ts';
import { CandidateGroups } from '../pick/candidate-groups.ts';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Decision, Policy } from '../pick/policy.ts';
import type { RequestInfo } from '../request-info.ts';

export const loadAwareLocalitySchema = (z: Zod) =>
  z
    .strictObject({
      threshold: z
        .number()
        .min(0)
        .max(1)
        .default(0.1)
        .describe('By how much the local utilisation may be above that of the others before requests leave.'),
      remoteProbeShare: z
        .number()
        .min(0)
        .max(0.5)
        .default(0.03)
        .describe('The share that goes elsewhere all the same, so that their utilisation is known.'),
      updateS: z
        .number()
        .min(0.1)
        .default(1)
        .describe('How often shares are computed, in seconds.')
        .meta(tune({ from: 0.1, to: 30 })),
    })
    .describe('The nearest site while it is not busier than the others; else all sites by what they have left.');

/**
 * Sites are localities, and the local one is that with the shortest round trip by forecast (by measured TTFT where there is none). While
 *
 *     utilisation(local) <= utilisation(others) + threshold
 *
 * it takes all but `remoteProbeShare`; else, and for that share among the others, a site counts
 *
 *     hosts * (1 - utilisation)
 *
 * A, the local one, 10 hosts at 0.7, B 10 at 0.3 and C 10 at 0.4: 3, 7 and 6 of 16, 19 %, 44 % and 37 % (37.5). Hosts are available
 * nodes, and their utilisation is that of their reports (of our nodes: the used share of the KV cache over some seconds). Within a site the less
 * busy of two that are drawn. Source: Envoy, load-aware locality.
 */
export const loadAwareLocality = (params: Made<typeof loadAwareLocalitySchema>): Policy =>
  new LoadAwareLocality(params);

class LoadAwareLocality implements Policy {
  readonly name = 'load-aware-locality';
  readonly #params: Made<typeof loadAwareLocalitySchema>;
  readonly #groups = new CandidateGroups(sitesOf);
  /** By site, of the latest update; equal before the first. */
  #shares: Float64Array = new Float64Array(0);
  #nextAtMs: Ms = Number.NEGATIVE_INFINITY;
  #ends = new Float64Array(0);
  #seen: EndpointTable | null = null;
  #list = -1;
  #of: Float64Array | null = null;

  constructor(params: Made<typeof loadAwareLocalitySchema>) {
    this.#params = params;
  }

  pick(_request: RequestInfo, endpoints: EndpointTable, _nowMs: Ms, rng: Rng): Decision {
    if (endpoints.candidateCount === 0) return NO_ENDPOINT;
    this.#accumulate(endpoints);
    const ends = this.#ends;
    const drawn = rng.next() * ends[ends.length - 1]!;
    let first = 0;
    let after = ends.length - 1;
    while (first < after) {
      const middle = (first + after) >>> 1;
      if (ends[middle]! > drawn) after = middle;
      else first = middle + 1;
    }
    while (this.#groups.candidatesIn(first) === 0) first = first === 0 ? ends.length - 1 : first - 1; // a share that rounding missed
    return pickOf(this.#groups.drawIn(first, endpoints, rng));
  }

  observe(what: Observation, endpoints: EndpointTable): void {
    if ((what.kind !== 'began' && what.kind !== 'ended') || what.nowMs < this.#nextAtMs) return;
    this.#nextAtMs = what.nowMs + this.#params.updateS * 1000;
    this.#shares = this.#computed(endpoints, what.nowMs);
  }

  /** Computes where the share of each site ends, for the candidates and shares of now: kept until either changes. */
  #accumulate(endpoints: EndpointTable): void {
    const count = this.#groups.see(endpoints);
    if (this.#seen === endpoints && this.#list === endpoints.candidateList && this.#of === this.#shares) return;
    this.#seen = endpoints;
    this.#list = endpoints.candidateList;
    this.#of = this.#shares;
    if (this.#ends.length !== count) this.#ends = new Float64Array(count);
    for (const byShare of [true, false]) {
      let end = 0;
      for (let site = 0; site < count; site++) {
        const hosts = this.#groups.candidatesIn(site);
        end += hosts === 0 ? 0 : byShare ? (this.#shares[site] ?? 0) : hosts;
        this.#ends[site] = end;
      }
      if (end > 0) return; // else no site with a share has a candidate: each counts by its candidates
    }
  }

  #computed(endpoints: EndpointTable, nowMs: Ms): Float64Array {
    const count = this.#groups.see(endpoints);
    const hosts = new Float64Array(count);
    const busy = new Float64Array(count);
    const nearestMs = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    const { firstEndpointOf, nextEndpointOf, nodeNames, nodes } = endpoints;
    for (let node = 0; node < nodeNames.length; node++) {
      if (!endpoints.isCandidateNode(node)) continue;
      const site = this.#groups.groupOf(firstEndpointOf[node]!);
      hosts[site] = hosts[site]! + 1;
      busy[site] = busy[site]! + nodes.utilization[node]!;
      for (let endpoint = firstEndpointOf[node]!; endpoint >= 0; endpoint = nextEndpointOf[endpoint]!) {
        if (endpoints.isCandidate(endpoint))
          nearestMs[site] = Math.min(nearestMs[site]!, awayMs(endpoints, endpoint, nowMs));
      }
    }
    const utilisation = busy.map((sum, site) => (hosts[site] === 0 ? 1 : sum / hosts[site]!));
    return localityShares({ hosts, utilisation, local: nearestMs.indexOf(Math.min(...nearestMs)) }, this.#params);
  }
}

/** The share of each locality, 0 to 1. */
export const localityShares = (
  {
    hosts,
    utilisation,
    local,
  }: { readonly hosts: Float64Array; readonly utilisation: Float64Array; readonly local: number },
  { threshold, remoteProbeShare }: { readonly threshold: number; readonly remoteProbeShare: number },
): Float64Array => {
  const left = hosts.map((count, each) => count * (1 - utilisation[each]!));
  const remote = left.map((value, each) => (each === local ? 0 : value));
  const hostsElsewhere = sumOf(hosts) - hosts[local]!;
  const busyElsewhere = sumOf(hosts.map((count, each) => (each === local ? 0 : count * utilisation[each]!)));
  const isLocalFine = hostsElsewhere === 0 || utilisation[local]! <= busyElsewhere / hostsElsewhere + threshold;
  if (!isLocalFine) return left.map((value) => value / sumOf(left));
  const away = sumOf(remote) === 0 ? 0 : remoteProbeShare;
  return remote.map((value, each) => (each === local ? 1 - away : away === 0 ? 0 : (away * value) / sumOf(remote)));
};

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

const awayMs = ({ forecast, ewma }: EndpointTable, endpoint: number, nowMs: Ms): Ms => {
  const rttMs = forecast.rttMsAt(endpoint, nowMs, nowMs);
  if (!Number.isNaN(rttMs)) return rttMs;
  const ttftMs = ewma.at(endpoint, nowMs);
  return Number.isNaN(ttftMs) ? Number.MAX_VALUE : ttftMs;
};

const sitesOf = ({ sites }: EndpointTable): readonly number[] => {
  const numbers = new Map([...new Set(sites)].map((site, number) => [site, number]));
  return sites.map((site) => numbers.get(site)!);
};
