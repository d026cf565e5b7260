import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolvedScenario } from '../../scenario/resolved-scenario.ts';
import { routerPlansOf } from '../../scenario/router-plan.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { topologyFrom, topologyOf } from '../../scenario/topology.ts';

const text = readFileSync('test/scenarios/two-routers.yaml', 'utf8');

const changed = (from: string | RegExp, to: string): string => {
  const other = text.replace(from, to);
  expect(other).not.toBe(text);
  return other;
};
const plansOf = (source: string) => routerPlansOf(parseScenario(source, 'x.yaml'));
const clientsOf = (source: string) => plansOf(source).map(({ name, clients }) => [name, ...clients].join(' '));
const nodesOf = (source: string) => plansOf(source).map(({ nodes }) => nodes.map(({ name }) => name).join(' '));

describe('clients call', () => {
  test('the router that is nearest to where their traffic enters the ground network', () => {
    expect(clientsOf(text)).toEqual(['europe london lagos', 'america new-york']);
    expect(clientsOf(changed('pop: lagos', 'pop: new-york'))).toEqual(['europe london', 'america new-york lagos']);
  });

  test('the router that serves them, or that they name, however far it is', () => {
    const served = changed('america: { site: new-york,', 'america: { site: new-york, serves: [lagos, london],');
    expect(clientsOf(served)).toEqual(['europe', 'america london new-york lagos']);
    const named = changed('london: { site: london, access: { kind: fibre }', '$&, router: america');
    expect(clientsOf(named)).toEqual(['europe lagos', 'america london new-york']);
  });

  test('exactly one router, whoever is claimed by whom', () => {
    const claim = fc.constantFrom('none', 'serves', 'names');
    fc.assert(
      fc.property(fc.tuple(claim, claim, claim), fc.nat(), ([...claims], seed) => {
        const names = ['london', 'new-york', 'lagos'];
        const wanted = names.map((_, index) => ['europe', 'america'][(seed >> index) & 1]!);
        const serves = (router: string) =>
          names.filter((_, index) => claims[index] === 'serves' && wanted[index] === router);
        const keyOf = (router: string) => (serves(router).length === 0 ? '' : `, serves: [${serves(router)}]`);
        const source = names.reduce(
          (all, name, index) =>
            claims[index] === 'names'
              ? all.replace(
                  new RegExp(`  ${name}: \\{ site: ${name}, access`),
                  `  ${name}: { site: ${name}, router: ${wanted[index]}, access`,
                )
              : all,
          text
            .replace('europe: { site: london', `europe: { site: london${keyOf('europe')}`)
            .replace('america: { site: new-york', `america: { site: new-york${keyOf('america')}`),
        );
        const plans = plansOf(source);
        expect(plans.flatMap(({ clients }) => clients).sort()).toEqual(names.toSorted());
        for (const [index, name] of names.entries()) {
          if (claims[index] !== 'none')
            expect(plans.find(({ clients }) => clients.includes(name))!.name).toBe(wanted[index]);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('a router reaches', () => {
  test('all nodes, the nearest ones, or those that it names', () => {
    expect(nodesOf(text)).toEqual(['ashburn frankfurt', 'ashburn frankfurt']);
    expect(nodesOf(changed('router: {', 'router: { reaches: { nearest: 1 },'))).toEqual(['frankfurt', 'ashburn']);
    const own = changed('europe: { site: london', 'europe: { site: london, reaches: [ashburn]');
    expect(nodesOf(own)).toEqual(['ashburn', 'ashburn frankfurt']);
  });

  test('some of the nodes of a count, where those that are named together are too many', () => {
    const three = changed('frankfurt: { site: frankfurt, media: [fibre]', '$&, count: 3').replace(
      'router: {',
      'router: { reaches: { nearest: 2 },',
    );
    expect(nodesOf(three)).toEqual(['frankfurt-1 frankfurt-2', 'ashburn frankfurt-1']);
  });

  test('over paths that are named after it, and of which no other router has one', () => {
    const topology = topologyOf(parseScenario(text, 'x.yaml'));
    const names = topology.routers.map((router) => topologyFrom(topology, router).endpoints.map(({ name }) => name));
    expect(names).toEqual([
      ['europe/ashburn/fibre', 'europe/ashburn/laser', 'europe/frankfurt/fibre'],
      ['america/ashburn/fibre', 'america/ashburn/laser', 'america/frankfurt/fibre'],
    ]);
    const [far, near] = topology.endpoints.filter(({ node, medium }) => node === 'ashburn' && medium === 'fibre');
    expect(far!.links.forward.stateAt(0).delayUs).toBeGreaterThan(5 * near!.links.forward.stateAt(0).delayUs);
  });
});

describe('the only router of a scenario', () => {
  const alone = changed(/routers:\n[\s\S]*?\n\n/, '').replace('router: {', 'router: { site: london,');

  test('names nothing, in whichever of the two ways it is written', () => {
    const asMap = changed(/ {2}america:.*\n/, '');
    for (const source of [alone, asMap]) {
      const { routers, endpoints } = topologyOf(parseScenario(source, 'x.yaml'));
      expect(routers.map(({ label }) => label)).toEqual([null]);
      expect(endpoints.map(({ name }) => name)).toEqual(['ashburn/fibre', 'ashburn/laser', 'frankfurt/fibre']);
    }
  });

  test('adds no key to the resolved scenario', () => {
    expect(resolvedScenario(parseScenario(alone, 'x.yaml')).yaml).not.toMatch(/routers:|reaches|serves/);
  });
});

test('a router has the shared parameters of a policy but for those that it gives itself', () => {
  const shared = changed('router: {', 'router: { policies: { ephemeris: { prefillMsPerToken: 2 } },');
  expect(plansOf(shared).map(({ config }) => config.policies.ephemeris)).toMatchObject([
    { handoverMs: 100, prefillMsPerToken: 2 },
    { handoverMs: 50, prefillMsPerToken: 2 },
  ]);
});

test('a resolved scenario of several routers resolves to itself', () => {
  const { yaml, hash } = resolvedScenario(parseScenario(text, 'x.yaml'));
  expect(resolvedScenario(parseScenario(yaml, 'y.yaml')).hash).toBe(hash);
});

describe('is refused in one line with its place', () => {
  const europe = 'europe: { site: london';
  const lagos = 'lagos: { site: lagos';
  test.each([
    ['no router at all', /routers:\n[\s\S]*?\n\n/, '', /^x\.yaml:\d+:\d+: router\.site is missing; expected the site/],
    ['a site of both', 'router: {', 'router: { site: london,', /^x\.yaml:17:\d+: router\.site is given beside routers/],
    ['an empty map', /routers:\n[\s\S]*?\n\n/, 'routers: {}\n', /routers is empty, expected at least one$/],
    [
      'a site that is none',
      europe,
      'europe: { site: londn',
      /^x\.yaml:20:\d+: routers\.europe\.site is "londn", which is no site; did you mean "london"\?$/,
    ],
    [
      'a key that is none',
      europe,
      `${europe}, server: [lagos]`,
      /^x\.yaml:20:\d+: routers\.europe\.server is not a known key; did you mean "serves"\?$/,
    ],
    [
      'a parameter that is none',
      'handoverMs',
      'handovrMs',
      /routers\.america\.policies\.ephemeris\.handovrMs is not a known key; did you mean "handoverMs"\?$/,
    ],
    [
      'a parameter out of range',
      'handoverMs: 50',
      'handoverMs: -1',
      /^x\.yaml:21:\d+: routers\.america\.policies\.ephemeris\.handoverMs is -1, expected at least 0$/,
    ],
    [
      'clients that are none',
      europe,
      `${europe}, serves: [lagoss]`,
      /routers\.europe\.serves\[0\] is "lagoss", which is no client; did you mean "lagos"\?$/,
    ],
    [
      'clients that are there twice',
      europe,
      `${europe}, serves: [lagos, lagos]`,
      /serves\[1\] is "lagos", which is there twice$/,
    ],
    [
      'a router that is none',
      lagos,
      `${lagos}, router: europ`,
      /clients\.lagos\.router is "europ", which is no router; did you mean "europe"\?$/,
    ],
    [
      'nodes that are none',
      europe,
      `${europe}, reaches: [ashburm]`,
      /routers\.europe\.reaches\[0\] is "ashburm", which is no key of nodes; did you mean "ashburn"\?$/,
    ],
    [
      'no nodes',
      europe,
      `${europe}, reaches: { nearest: 0 }`,
      /routers\.europe\.reaches\.nearest is 0, expected at least 1$/,
    ],
  ])('%s', (_, from, to, message) => {
    expect(() => parseScenario(changed(from, to), 'x.yaml')).toThrow(message);
  });

  test('the nearest nodes of a router in orbit, and clients that are near to none', () => {
    const orbiting = changed(/london: \{ latDeg.*/, 'london: { satellite: 7 }')
      .replace(/new-york: \{ latDeg.*/, 'new-york: { satellite: 9 }')
      .replace(/access: \{ kind: fibre \}/g, 'access: { kind: starlink, pop: london }')
      .replace(/( (london|new-york): \{ site: )(london|new-york)/g, '$1lagos');
    expect(() => parseScenario(orbiting, 'x.yaml')).toThrow(
      /clients\.london\.router is missing, and no router on the ground is near; expected one of europe, america$/,
    );
    expect(() => parseScenario(orbiting.replace('router: {', 'router: { reaches: { nearest: 1 },'), 'x.yaml')).toThrow(
      /router\.reaches\.nearest is 1, but the router at "london" is in orbit; expected a list of nodes$/,
    );
  });

  test('clients of two routers', () => {
    const twice = changed(europe, `${europe}, serves: [lagos]`);
    expect(() => parseScenario(twice.replace('america: {', 'america: { serves: [lagos],'), 'x.yaml')).toThrow(
      /^x\.yaml:21:\d+: routers\.america\.serves\[0\] is "lagos", which router "europe" serves$/,
    );
    expect(() => parseScenario(twice.replace(lagos, `${lagos}, router: america`), 'x.yaml')).toThrow(
      /clients\.lagos\.router is "america", but router "europe" serves them; expected one of the two$/,
    );
  });

  test('a path fault that does not say of which router, and a restart of a router that is none', () => {
    const withFault = (fault: string) => `${text}\nfaults:\n  token: a-token-of-16-letters\n  timeline: [${fault}]\n`;
    expect(() => parseScenario(withFault('{ atS: 1, forS: 1, path: ashburn/fibre, kind: down }'), 'x.yaml')).toThrow(
      /path is "ashburn\/fibre", which is no path; expected one of europe\/ashburn\/fibre, america\/ashburn\/fibre$/,
    );
    expect(() => parseScenario(withFault('{ atS: 1, router: europ, kind: restart }'), 'x.yaml')).toThrow(
      /router is "europ", which is no router; did you mean "europe"\?$/,
    );
  });
});
