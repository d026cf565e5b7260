import { linksRows, ownRows, parityRows, peersRows, simulateRows } from './rows-of.ts';
import type { Suite } from './suite.ts';

const NETEM = 'root and a kernel with netem';
const DOCKER = 'an engine for containers';

const suite = (name: string, of: Omit<Suite, 'name' | 'script'> & Partial<Pick<Suite, 'script'>>): Suite => ({
  name,
  script: `benchmarks/${name}/main.ts`,
  ...of,
});

/** Every suite: to add one, write its folder and add it here. */
export const SUITES: readonly Suite[] = [
  suite('micro', {
    what: 'operations of the hot paths, one at a time: picks, HPACK, frames, protobuf, sky, engine, event queue',
    takes: '1 min',
    nodeArgs: ['--expose-gc', '--max-semi-space-size=128'],
    rows: ownRows,
  }),
  suite('http', {
    what: 'the HTTP doors of a router and of a node under a closed loop of autocannon',
    takes: '40 s',
    rows: ownRows,
  }),
  suite('simulate', { what: 'requests a CPU second of simulate', takes: '3 min', rows: simulateRows }),
  suite('links', {
    what: 'how exactly links are played: round trips, realised minus planned',
    takes: '1 min',
    rows: linksRows,
  }),
  suite('transport', { what: 'the model of TCP beside a measured kernel', takes: '30 s', rows: ownRows }),
  suite('report', { what: 'the summary of a long log: time and memory', takes: '1 min', rows: ownRows }),
  suite('parity', {
    what: 'one scenario over the relay and over netem',
    takes: '2 min',
    needs: NETEM,
    rows: parityRows,
  }),
  suite('messages', {
    what: 'single messages over the relay and over netem',
    takes: '3 min',
    needs: NETEM,
    script: 'benchmarks/parity/messages/main.ts',
    rows: null,
  }),
  suite('peers', {
    what: 'the router beside nghttpx, HAProxy, nginx and others',
    takes: '40 min',
    needs: 'taskset, h2load, and the proxies',
    rows: peersRows,
  }),
  suite('load', {
    what: 'what one process of the load generator can do, and how still its machine is',
    takes: '2 min',
    needs: 'taskset',
    rows: ownRows,
  }),
  suite('policies', {
    what: 'what policies do in the experiments of their papers: ramp, antagonist, sinkhole, blackhole, caches',
    takes: '3 min',
    rows: null,
  }),
  suite('ephemeris', {
    what: 'ephemeris beside the best other policy, and beside itself without each of its terms',
    takes: '15 min',
    rows: null,
  }),
  suite('staleness', {
    what: 'how far predictions are from what comes, by utilisation and age of reports',
    takes: '10 min',
    rows: null,
  }),
  suite('scenarios', {
    what: 'every policy on every scenario over ten seeds, and the answers of scenarios/README.md',
    takes: '90 min',
    rows: null,
  }),
  suite('herding', {
    what: 'crowds at nodes under ten routers beside one, for each policy',
    takes: '25 min',
    rows: null,
  }),
  suite('sessions', {
    what: 'sessions spread over nodes or kept at one: what caches find, and the time to the first token',
    takes: '4 min',
    rows: null,
  }),
  suite('intervals', { what: 'how often 95 % intervals hold the true value', takes: '10 min', rows: null }),
  suite('access', { what: 'dishes fitted to measured sites, each left out once', takes: '10 min', rows: null }),
  suite('operators', {
    what: 'coefficients of profiles from published tables of operators',
    takes: '10 s',
    rows: null,
  }),
  suite('nodes', { what: 'what many idle nodes in one process cost', takes: '1 min', rows: null }),
  suite('soak', { what: 'minutes of load on one router: memory, lost calls, counters', takes: '10 min', rows: null }),
  suite('startup', { what: 'from docker compose up to the first token', takes: '3 min', needs: DOCKER, rows: null }),
  suite('chaos', { what: 'what each way to fail costs the users', takes: '5 min', rows: null }),
];
