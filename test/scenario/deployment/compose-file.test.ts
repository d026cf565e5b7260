import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ConfigError } from '../../../core/config/config-error.ts';
import { composeFile } from '../../../scenario/deployment/compose-file.ts';
import { routerPart } from '../../../scenario/deployment/namespace-plan.ts';
import { standingParts } from '../../../scenario/deployment/parts.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import { nodePlansOf } from '../../../scenario/node-plan.ts';
import { routerPlansOf } from '../../../scenario/router-plan.ts';
import { parseScenario, type Scenario } from '../../../scenario/scenario.ts';
import { generatedScenario } from './generated-scenario.ts';

interface Container {
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly stop_grace_period?: string;
  readonly cap_drop: readonly string[];
  readonly cap_add?: readonly string[];
  readonly privileged?: boolean;
  readonly pid?: string;
  readonly volumes: readonly string[];
  readonly read_only: boolean;
  readonly user: string;
  readonly security_opt?: readonly string[];
  readonly network_mode?: string;
  readonly networks?: Readonly<Record<string, { readonly aliases: readonly string[] }>>;
  readonly ports?: readonly string[];
  readonly depends_on?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly configs: readonly { readonly source: string; readonly target: string }[];
  readonly deploy: { readonly resources: { readonly limits: { readonly memory: string; readonly pids: number } } };
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Container>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
}

const PATHS = { scenario: './x.yaml', root: './', results: './results', resultsShown: 'results' };
const parsed = (text: string): ComposeFile => parse(text, { merge: true, maxAliasCount: -1 }) as ComposeFile;
const fileOf = (scenario: Scenario): ComposeFile => parsed(composeFile(scenario, PATHS));
const TWO = 'test/scenarios/two-routers.yaml';
const TWO_TEXT = readFileSync(TWO, 'utf8');
const PAIR = readFileSync('test/scenarios/pair.yaml', 'utf8');

const staysWithinItsBounds = (scenario: Scenario): void => {
  for (const [name, container] of Object.entries(fileOf(scenario).services)) {
    const isAgent = name === 'users' || name.endsWith('-agent');
    expect(container.image, name).toBe(isAgent ? 'starlane-agent' : 'starlane-service');
    expect(container.cap_drop, name).toEqual(['ALL']);
    expect(container.cap_add, name).toEqual(isAgent ? ['NET_ADMIN'] : undefined);
    expect(container.security_opt, name).toEqual(isAgent ? undefined : ['no-new-privileges:true']);
    expect([container.privileged, container.pid], name).toEqual([undefined, undefined]);
    expect(container.volumes, name).toEqual(['run:/run/starlane', ...(name === 'load' ? ['./results:/results'] : [])]);
    expect(container.read_only, name).toBe(true);
    expect(container.user, name).toBe('node');
    expect(container.deploy.resources.limits.memory, name).toMatch(/^\d+[MG]$/);
    expect(container.deploy.resources.limits.pids, name).toBeLessThanOrEqual(128);
    for (const port of container.ports ?? []) expect(port, name).toMatch(/^127\.0\.0\.1:/);
  }
};

const hasAPlaceForEveryPart = (scenario: Scenario): void => {
  const { services, networks } = fileOf(scenario);
  for (const { name, host } of standingParts(scenario)) {
    const container = services[name] ?? services[host]!;
    expect(container.environment.STARLANE_PART, name).toBe(host);
    const shared = container.network_mode;
    expect(shared, name).toBe(name === host || host === 'users' ? undefined : `service:${host}`);
  }
  for (const { name, config } of nodePlansOf(scenario)) {
    const { default: access, ...media } = services[name]!.networks!;
    expect(access!.aliases).toEqual([`${name}.access`]);
    expect(Object.entries(media).map(([medium, { aliases }]) => [medium, aliases])).toEqual(
      config.media.toSorted().map((medium) => [medium, [`${name}.${medium}`]]),
    );
  }
  for (const plan of routerPlansOf(scenario)) {
    const networks = Object.keys(services[routerPart(plan)]!.networks!);
    expect(networks).toEqual(expect.arrayContaining(plan.nodes.flatMap(({ config }) => config.media)));
  }
  for (const [name, network] of Object.entries(networks)) {
    expect(network.internal ?? false, name).toBe(name !== 'default');
  }
};

test('Docker waits longer for the router than the router drains', () => {
  for (const drainS of [0, 10, 42.5]) {
    const text = PAIR.replace('router: { site: london }', `router: { site: london, drainS: ${drainS} }`);
    const { router } = fileOf(parseScenario(text, 'pair.yaml', {})).services;
    const grace = /^(\d+)s$/.exec(router!.stop_grace_period!)!;
    expect(Number(grace[1])).toBeGreaterThanOrEqual(drainS + 2);
  }
});

describe('the compose file of a scenario', () => {
  test('of scenarios/atlantic.yaml is the committed docker-compose.yml, byte for byte', () => {
    const paths = { ...PATHS, scenario: './scenarios/atlantic.yaml' };
    const made = composeFile(readScenario('scenarios/atlantic.yaml'), paths);
    expect(made).toBe(readFileSync('docker-compose.yml', 'utf8'));
  });

  test.each(['scenarios/atlantic.yaml', 'scenarios/orbital.yaml', 'test/scenarios/pair.yaml', TWO])(
    'of %s gives containers only what they need, and each part its place',
    (file) => {
      staysWithinItsBounds(readScenario(file));
      hasAPlaceForEveryPart(readScenario(file));
    },
  );

  test('also does so for any nodes, media and users', () => {
    fc.assert(
      fc.property(generatedScenario, (scenario) => {
        staysWithinItsBounds(scenario);
        hasAPlaceForEveryPart(scenario);
      }),
      { numRuns: 40 },
    );
  });

  test('gives the trace endpoint to nodes only', () => {
    const scenario = readScenario('test/scenarios/pair.yaml');
    const nodes = nodePlansOf(scenario).map(({ name }) => name);
    for (const [name, { environment }] of Object.entries(fileOf(scenario).services)) {
      const told = Object.entries(environment).filter(([key]) => key.startsWith('OTEL_'));
      expect(told.length > 0, name).toBe(nodes.includes(name));
      for (const [key, value] of told) expect(value, name).toBe(`\${${key}:-}`);
    }
  });

  test('gives each part more memory for large files of the scenario, which each reads', () => {
    const memoryWith = (characters: number) => {
      const scenario: Scenario = { ...parseScenario(PAIR, 'x.yaml'), files: { 'ping.txt': 'x'.repeat(characters) } };
      const { services } = parsed(composeFile(scenario, PATHS));
      return ['ashburn', 'ashburn-agent', 'router', 'users'].map(
        (name) => services[name]!.deploy.resources.limits.memory,
      );
    };
    expect(memoryWith(2 << 20)).toEqual(['256M', '256M', '512M', '256M']);
    expect(memoryWith(10 << 20)).toEqual(['306M', '306M', '562M', '306M']);
  });

  test('puts the files named in a scenario where the scenario finds them', () => {
    const text = PAIR.replace('{ kind: starlink, pop: lagos }', '{ kind: trace, file: ../traces/lagos.csv }');
    const scenario: Scenario = {
      ...parseScenario(text, 'x.yaml', {}, () => 'timestamp,rtt\n0,100\n1,120\n'),
      files: { '../traces/lagos.csv': '', 'up.mm': '', '/data/abs$olute.mm': '' },
    };
    const paths = { ...PATHS, scenario: './some/where/x.yaml', root: '../' };
    const { configs, services } = parsed(composeFile(scenario, paths));
    expect(configs).toEqual({
      scenario: { file: './some/where/x.yaml' },
      'file-1': { file: './some/traces/lagos.csv' },
      'file-2': { file: './some/where/up.mm' },
      'file-3': { file: '/data/abs$$olute.mm' },
    });
    expect(services.router!.configs.map(({ source, target }) => [source, target])).toEqual([
      ['scenario', '/etc/starlane/a/b/c/x.yaml'],
      ['file-1', '/etc/starlane/a/b/traces/lagos.csv'],
      ['file-2', '/etc/starlane/a/b/c/up.mm'],
      ['file-3', '/data/abs$$olute.mm'],
    ]);
    expect(services.router!.environment.STARLANE_SCENARIO).toBe('/etc/starlane/a/b/c/x.yaml');
  });

  test.each(['router', 'users', 'load', 'router-agent'])(
    'refuses a node with the name %s, which another container has',
    (name) => {
      const scenario = parseScenario(
        PAIR.replace('  frankfurt: { site: frankfurt, media', `  ${name}: { site: frankfurt, media`),
        'x.yaml',
      );
      expect(() => composeFile(scenario, PATHS)).toThrow(ConfigError);
      expect(() => composeFile(scenario, PATHS)).toThrow(
        new RegExp(`^nodes\\.${name} has the name of another container`),
      );
    },
  );

  test.each(['1e3', 'null', 'on', '2'])('quotes or refuses a node with the name %s', (name) => {
    const scenario = parseScenario(
      PAIR.replace('  frankfurt: { site: frankfurt, media', `  "${name}": { site: frankfurt, media`),
      'x.yaml',
    );
    if (name === '2') expect(() => composeFile(scenario, PATHS)).toThrow(/^nodes\.2 would be read as an IP address/);
    else expect(composeFile(scenario, PATHS)).toContain(`  "${name}":\n`);
  });

  test('gives the load nothing by which Compose would make another container anew', () => {
    const { load } = fileOf(parseScenario(PAIR, 'x.yaml')).services;
    expect(load).not.toHaveProperty('depends_on');
    expect(load!.network_mode).toBe(`container:\${COMPOSE_PROJECT_NAME:-starlane}-users-1`);
    expect(load!.environment.STARLANE_POLICY).toBe(`\${STARLANE_POLICY:-}`); // not set: what the topology runs
  });

  test('makes every container another one when the scenario is another one', () => {
    const [before, after] = [PAIR, PAIR.replace('seed: ', '# edited\nseed: ')].map(
      (text) => fileOf(parseScenario(text, 'x.yaml')).services,
    );
    for (const [name, { labels }] of Object.entries(before!)) {
      expect(labels['starlane.scenario-hash'], name).toMatch(/^[0-9a-f]{64}$/);
      expect(labels['starlane.scenario-hash'], name).not.toBe(after![name]!.labels['starlane.scenario-hash']);
    }
  });

  test('refuses a node with the name of the agent of another node', () => {
    const scenario = parseScenario(
      PAIR.replace('  frankfurt: { site: frankfurt, media', '  ashburn-agent: { site: frankfurt, media'),
      'x.yaml',
    );
    expect(() => composeFile(scenario, PATHS)).toThrow(/^nodes\.ashburn-agent has the name of another container/);
  });

  test('has a container, an agent and a published port for each of several routers, and users wait for all of them', () => {
    const { services } = fileOf(readScenario(TWO));
    const { 'router-europe': europe, 'router-america': america, users } = services;
    expect(services).not.toHaveProperty('router');
    expect(europe!.ports).toEqual([`127.0.0.1:\${STARLANE_PORT:-50051}:50051`]);
    expect(america!.ports).toEqual([`127.0.0.1:\${STARLANE_PORT_2:-50052}:50051`]);
    expect(services['router-america-agent']!.network_mode).toBe('service:router-america');
    expect(users!.depends_on).toEqual(['router-europe', 'router-america']);
    expect(america!.depends_on).toEqual(['ashburn', 'frankfurt']);
    // Prometheus asks `router.access` which parts there are, and one of them tells a mistake of all.
    const firsts = Object.entries(services).filter(
      ([, { environment }]) => environment.STARLANE_FIRST_ROUTER === 'yes',
    );
    expect(firsts.map(([name]) => name)).toEqual(['router-europe', 'router-europe-agent']);
    expect(europe!.networks!.default!.aliases).toEqual(['router-europe.access', 'router.access']);
    expect(america!.networks!.default!.aliases).toEqual(['router-america.access']);
  });

  test('starts with each router the nodes that it reaches, on their networks alone', () => {
    const text = TWO_TEXT.replace('site: new-york, policies', 'site: new-york, reaches: [frankfurt], policies');
    const { 'router-america': america } = fileOf(parseScenario(text, 'x.yaml')).services;
    expect(america!.depends_on).toEqual(['frankfurt']);
    expect(Object.keys(america!.networks!)).toEqual(['fibre', 'default']);
  });

  test.each([
    [
      'a node that is called as a router is',
      TWO_TEXT.replace('  ashburn: { site: ashburn, media', '  router-europe: { site: ashburn, media'),
      'nodes.router-europe has',
    ],
    [
      'a node that is called as the only router would be',
      TWO_TEXT.replace('  ashburn: { site: ashburn, media', '  router: { site: ashburn, media'),
      'nodes.router has',
    ],
    [
      'a router that is called as the agent of another',
      TWO_TEXT.replace('  america: {', '  europe-agent: {'),
      'routers would have two containers with the name router-europe-agent',
    ],
  ])('refuses %s', (_, text, line) => {
    const scenario = parseScenario(text, 'x.yaml');
    expect(() => composeFile(scenario, PATHS)).toThrow(ConfigError);
    expect(() => composeFile(scenario, PATHS)).toThrow(line);
  });
});
