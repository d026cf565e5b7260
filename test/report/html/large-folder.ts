import type { Event } from '../../../core/event/event.ts';
import type { RunCharts } from '../../../report/charts/charts-schema.ts';
import { runCharts } from '../../../report/charts/run-charts.ts';
import type { ReportedFolder } from '../../../report/html/contender.ts';
import { Summariser } from '../../../report/summary.ts';
import { ended, linkEvent, requestEvents, runEvent } from '../logged-run.ts';

const POLICIES = ['round-robin', 'least-request', 'peak-ewma', 'ring-hash', 'ephemeris', 'oracle'];
const NODES = 600;
const PROVIDERS = 40;
const REGIONS = 300;
const REQUESTS = 1800;

/** Results of a world: six policies under three seeds, 600 nodes of 40 providers, users in 300 places, and probes of 600 paths. */
export const largeFolder = (): ReportedFolder => {
  const charts: RunCharts[] = [];
  const summariser = new Summariser((tally) => charts.push(runCharts(tally)));
  const providers = Object.fromEntries(
    Array.from({ length: NODES }, (_, node) => [`node-${node}`, `provider-${node % PROVIDERS}`]),
  );
  for (const seed of [1, 2, 3]) {
    for (const [place, policy] of POLICIES.entries()) {
      const key = { variant: policy, policy, params: {}, seed, repetition: seed, overrides: {} };
      summariser.add(runEvent({ host: 'local', key, requests: REQUESTS, providers, epochUnixMs: 0 }));
      for (const event of eventsOf(place + seed)) summariser.add(event);
      summariser.add(ended());
    }
  }
  const summary = summariser.summary('this machine', { lost: 0, torn: 0 });
  const firstOnly = charts.map((chart) => (chart.seed === 1 ? chart : { ...chart, timeline: null }));
  return { name: 'results/world', summary, charts: firstOnly, scenario: null, writtenAt: '2026-01-01T00:00:00Z' };
};

function* eventsOf(shift: number): Generator<Event> {
  for (let node = 0; node < NODES; node++) {
    for (const way of ['forward', 'back']) yield linkEvent(`node-${node}/laser/${way}`);
    for (let probe = 0; probe < 3; probe++)
      yield { kind: 'probe', atMs: 1500 + 100 * probe, path: `node-${node}/laser`, rttMs: 20 + (node % 7) / 10 };
  }
  for (let id = 0; id < REQUESTS; id++) {
    yield* requestEvents(id, 1000 + id * 5, {
      ttftMs: 30 + ((id * 7 + shift) % 90),
      endpoint: `node-${(id * shift) % NODES}/laser`,
      client: `region-${id % REGIONS}`,
    });
  }
}
