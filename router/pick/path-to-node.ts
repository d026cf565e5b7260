import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';

/**
 * For policies that choose a node: the candidate endpoint of it with the shortest round trip by forecast, or by measured TTFT where there
 * is no forecast. The node must have a candidate. Of equals the first is taken, so that a session keeps its path.
 */
export const pathToNode = (endpoints: EndpointTable, node: number, nowMs: Ms): number => {
  const first = endpoints.firstEndpointOf[node]!;
  if (endpoints.nextEndpointOf[first]! < 0) return first;
  let best = -1;
  let bestMs = Number.POSITIVE_INFINITY;
  for (let endpoint = first; endpoint >= 0; endpoint = endpoints.nextEndpointOf[endpoint]!) {
    if (!endpoints.isCandidate(endpoint)) continue;
    const pathMs = pathMsOf(endpoints, endpoint, nowMs);
    if (best >= 0 && pathMs >= bestMs) continue;
    best = endpoint;
    bestMs = pathMs;
  }
  return best;
};

const pathMsOf = ({ paths, ewma }: EndpointTable, endpoint: number, nowMs: Ms): Ms => {
  paths.seeOne(endpoint, nowMs);
  const rttMs = paths.rttMs[endpoint]!;
  if (!Number.isNaN(rttMs)) return rttMs;
  const ttftMs = ewma.at(endpoint, nowMs);
  return Number.isNaN(ttftMs) ? 0 : ttftMs; // one that was never tried is tried
};
