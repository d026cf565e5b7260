import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';

/**
 * For policies that choose a node: the candidate endpoint of it with the shortest round trip by forecast, or by measured TTFT where there
 * is no forecast. The node must have a candidate. Of equals the first is taken, so that a session keeps its path.
 */
export const pathToNode = (endpoints: EndpointTable, node: number, nowMs: Ms): number => {
  let best = -1;
  let bestMs = Number.POSITIVE_INFINITY;
  for (let endpoint = endpoints.firstEndpointOf[node]!; endpoint >= 0; endpoint = endpoints.nextEndpointOf[endpoint]!) {
    if (!endpoints.isCandidate(endpoint)) continue;
    const pathMs = pathMsOf(endpoints, endpoint, nowMs);
    if (best >= 0 && pathMs >= bestMs) continue;
    best = endpoint;
    bestMs = pathMs;
  }
  return best;
};

const pathMsOf = ({ forecast, ewma }: EndpointTable, endpoint: number, nowMs: Ms): Ms => {
  const rttMs = forecast.rttMsAt(endpoint, nowMs, nowMs);
  if (!Number.isNaN(rttMs)) return rttMs;
  const ttftMs = ewma.at(endpoint, nowMs);
  return Number.isNaN(ttftMs) ? 0 : ttftMs; // one that was never tried is tried
};
