import { posix } from 'node:path';
import { ConfigError } from '../../core/config/config-error.ts';
import { ROUTER_PROCESS } from '../../router/process-settings.ts';
import { nodePlansOf } from '../node-plan.ts';
import { routerPlansOf } from '../router-plan.ts';
import type { Scenario } from '../scenario.ts';
import { DEFAULT_POLICY } from './environment.ts';
import { hostOn, ROUTER, USERS } from './namespace-plan.ts';
import { AGENT_CONTROL_PORT, CONTROL_PORT, GRPC_PORT } from './ports.ts';
import { SUBNETS } from './subnets.ts';

/** The service that sends the load. It is started on demand. */
export const LOAD = 'load';

export interface ComposePaths {
  /** Relative path from the compose file to the scenario. */
  readonly scenario: string;
  /** Relative path from the compose file to the folder of the Dockerfile. */
  readonly root: string;
  /** Relative path from the compose file to the folder for results, which must exist. */
  readonly results: string;
  /** The same folder as the user names it, from where commands are given. */
  readonly resultsShown: string;
}

/**
 * The compose file of a scenario: a container for each node and for the router, an agent for each of these, the users' side
 * of the access links, and the load. A pure function, so that tests can compare its output. It is also a Docker Swarm stack.
 *
 * @throws ConfigError when a node has the name of another container, or a name that is a valid address.
 */
export const composeFile = (scenario: Scenario, paths: ComposePaths): string => {
  checkOneRouter(scenario);
  const nodes = nodePlansOf(scenario);
  const media = [...new Set(nodes.flatMap(({ config }) => config.media))].sort();
  checkNames(nodes.map(({ name }) => name));
  return [
    ...header(scenario, paths),
    '',
    'services:',
    ...nodes.flatMap(({ name, config }) => [
      ...owner({
        name,
        main: ['bundle/node.js'],
        environment: 'node-environment',
        networks: config.media,
        memory: memoryFor(scenario, 256),
      }),
      ...agent(name),
    ]),
    ...owner({
      name: ROUTER,
      main: [...ROUTER_PROCESS.execArgv, 'bundle/router.js'],
      environment: null,
      networks: media,
      memory: memoryFor(scenario, 512),
      graceS: Math.ceil(scenario.router.drainS) + CLOSING_S,
      also: [
        `    environment: { <<: *environment, STARLANE_PART: ${ROUTER}, STARLANE_ADMIN_TOKEN: "\${STARLANE_ADMIN_TOKEN:-}", ${mapped(ROUTER_PROCESS.env)} }`,
        `    depends_on: [${nodes.map(({ name }) => word(name)).join(', ')}]`,
        `    ports: ["127.0.0.1:\${STARLANE_PORT:-${GRPC_PORT}}:${GRPC_PORT}"]`,
      ],
    }),
    ...agent(ROUTER),
    ...users(),
    ...load(paths),
    'networks:',
    ...media.map((medium) => `  ${medium}: { internal: true, ipam: { config: [{ subnet: "${variable(medium)}" }] } }`),
    '  # For the users, and for health and metrics.',
    `  default: { ipam: { config: [{ subnet: "${variable('access')}" }] } }`,
    '',
    'volumes:',
    '  run: { labels: *labels } # logs and start times of runs',
    '',
    'configs:',
    ...files(scenario, paths).map(({ name, from }) => `  ${name}: { file: ${quoted(from)} }`),
    '',
  ].join('\n');
};

/** The memory limit of a container that needs `usualMib` beside the files of the scenario, which every part reads. */
const memoryFor = ({ files }: Scenario, usualMib: number): string => {
  const characters = Object.values(files).reduce((sum, text) => sum + text.length, 0);
  return `${usualMib + (characters > FEW_CHARACTERS ? Math.ceil((BYTES_A_CHARACTER * characters) / (1 << 20)) : 0)}M`;
};

/** What the usual limits have room for: a catalogue of all satellites takes 60 MB more. */
const FEW_CHARACTERS = 4 << 20;

/** A log of ping of 64 MB takes a part 270 MB more to read and to play: other recordings take less. */
const BYTES_A_CHARACTER = 5;

/** What finds its configuration wrong ends with 0, and would find it wrong again. */
const RESTARTS = 'restart_policy: { condition: on-failure }';

/** Processes and threads of a container: Node has a dozen, and a health check three more. */
const PIDS = 128;

/** What the router may take beyond its drain: to flush what it wrote last, and to close. */
const CLOSING_S = 5;

const checkOneRouter = (scenario: Scenario): void => {
  const routers = routerPlansOf(scenario);
  if (routers.length > 1)
    throw new ConfigError('routers', `has ${routers.length} routers; containers can run one: take simulate or run`);
};

const checkNames = (nodes: readonly string[]): void => {
  const others = [ROUTER, USERS, LOAD, ...[...nodes, ROUTER].map((name) => `${name}-agent`)];
  const clash = nodes.find((name) => others.includes(name));
  const number = nodes.find((name) => /^(\d+|0x[0-9a-f]*)$/.test(name));
  if (number !== undefined)
    throw new ConfigError(`nodes.${number}`, 'would be read as an IP address; expected a name with a letter');
  if (clash !== undefined) throw new ConfigError(`nodes.${clash}`, 'has the name of another container of the topology');
};

const header = (scenario: Scenario, paths: ComposePaths): readonly string[] => [
  `# The topology of ${paths.scenario}, generated by: npm run starlane -- compose ${paths.scenario}`,
  '# To change it, change the scenario and generate it again. Names in capitals are environment variables of `docker compose`.',
  'x-labels: &labels',
  `  starlane.scenario: ${word(scenario.name)}`,
  '',
  'x-container: &container',
  // Of the text of the scenario and its files: Compose makes containers anew when the file is generated from another one.
  `  labels: { <<: *labels, starlane.scenario-hash: ${quoted(scenario.hash)} }`,
  '  init: true',
  '  read_only: true',
  '  user: node',
  '  stop_grace_period: 5s',
  '  volumes: ["run:/run/starlane"]',
  '  logging: { driver: json-file, options: { max-size: 10m, max-file: "2" } }',
  '  configs:',
  ...files(scenario, paths).map(({ name, to }) => `    - { source: ${name}, target: ${quoted(to)} }`),
  '',
  'x-service: &service',
  '  <<: *container',
  '  image: starlane-service',
  `  build: { context: ${quoted(paths.root)}, target: service, args: { STARLANE_COMMIT: "\${STARLANE_COMMIT:-}" } }`,
  '  cap_drop: [ALL]',
  '  security_opt: ["no-new-privileges:true"]',
  '  healthcheck:',
  ...healthcheck(CONTROL_PORT),
  '',
  '# Shapes the network of the container whose namespace it shares. It has one capability and no other privilege.',
  'x-agent: &agent',
  '  <<: *container',
  '  image: starlane-agent',
  `  build: { context: ${quoted(paths.root)}, target: agent }`,
  '  command: [node, bundle/agent.js]',
  '  cap_drop: [ALL]',
  '  cap_add: [NET_ADMIN]',
  `  deploy: { ${RESTARTS}, resources: { limits: { memory: ${memoryFor(scenario, 256)}, pids: ${PIDS} } } }`,
  '  healthcheck:',
  ...healthcheck(AGENT_CONTROL_PORT),
  '',
  'x-environment: &environment',
  `  STARLANE_SCENARIO: ${quoted(scenarioTarget(paths))}`,
  `  STARLANE_SCENARIO_HASH: ${quoted(scenario.hash)}`,
  `  STARLANE_START: \${STARLANE_START:-cycle} # or awaited: scenario time starts with the first load`,
  `  STARLANE_POLICY: \${STARLANE_POLICY:-${DEFAULT_POLICY}}`,
  `  STARLANE_SHAPER: \${STARLANE_SHAPER:-auto} # or netem, or relay`,
  `  STARLANE_SEED: \${STARLANE_SEED:-}`,
  `  STARLANE_DURATION_S: \${STARLANE_DURATION_S:-}`,
  `  STARLANE_RATE_PER_S: \${STARLANE_RATE_PER_S:-}`,
  ...NETWORKS.map((name) => `  STARLANE_${name.toUpperCase()}_SUBNET: ${variable(name)}`),
  '  STARLANE_SWARM_TASK: "{{.Task.ID}}" # Swarm replaces it by an ID; elsewhere the text stays as it is',
  '',
  '# Where nodes send traces. Empty: no traces.',
  'x-node-environment: &node-environment',
  '  <<: *environment',
  ...TRACING.map((name) => `  ${name}: \${${name}:-}`),
];

const TRACING = [
  'OTEL_SDK_DISABLED',
  'OTEL_TRACES_EXPORTER',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
] as const;

const owner = (service: {
  readonly name: string;
  /** What Node.js runs, with its options before it. */
  readonly main: readonly string[];
  /** The mapping of its variables; null where `also` has them. */
  readonly environment?: string | null;
  readonly networks: readonly ('fibre' | 'laser')[];
  readonly memory: string;
  /** How long Docker waits for it to end. */
  readonly graceS?: number;
  readonly also?: readonly string[];
}): readonly string[] => [
  `  ${word(service.name)}:`,
  '    <<: *service',
  `    command: [${['node', ...service.main].join(', ')}]`,
  ...(service.environment === null
    ? []
    : [`    environment: { <<: *${service.environment ?? 'environment'}, STARLANE_PART: ${word(service.name)} }`]),
  `    deploy: { ${RESTARTS}, resources: { limits: { memory: ${service.memory}, pids: ${PIDS} } } }`,
  ...(service.graceS === undefined ? [] : [`    stop_grace_period: ${service.graceS}s`]),
  ...(service.also ?? []),
  '    networks:',
  ...[...service.networks].sort().map((network) => `      ${network}: { aliases: [${hostOn(network, service.name)}] }`),
  `      default: { aliases: [${hostOn('access', service.name)}] }`,
  '',
];

/** It has no `depends_on`: the shared namespace implies one, and only the implied one also orders restarts. */
const agent = (name: string): readonly string[] => [
  `  ${name}-agent:`,
  '    <<: *agent',
  `    environment: { <<: *environment, STARLANE_PART: ${word(name)} }`,
  `    network_mode: service:${name}`,
  '',
];

/** The users have no server, so their agent owns the namespace. */
const users = (): readonly string[] => [
  `  ${USERS}:`,
  '    <<: *agent',
  `    environment: { <<: *environment, STARLANE_PART: ${USERS} }`,
  `    depends_on: [${ROUTER}]`,
  '    networks:',
  `      default: { aliases: [${hostOn('access', USERS)}] }`,
  '',
];

/**
 * It names the container that it stands beside, and depends on no service: Compose would otherwise make containers anew that the
 * environment of this command describes differently. Where a variable is not set, it asks the topology.
 */
const load = (paths: ComposePaths): readonly string[] => [
  `  # On demand: docker compose run --rm ${LOAD} --duration 30s --rate 20`,
  `  ${LOAD}:`,
  '    <<: *service',
  '    entrypoint: [node, bundle/starlane.js, load]',
  '    environment:',
  `      STARLANE_PART: ${LOAD}`,
  `      STARLANE_SCENARIO: ${quoted(scenarioTarget(paths))}`,
  ...['POLICY', 'SEED', 'DURATION_S', 'RATE_PER_S', 'ADMIN_TOKEN'].map(
    (name) => `      STARLANE_${name}: \${STARLANE_${name}:-}`,
  ),
  ...NETWORKS.map((name) => `      STARLANE_${name.toUpperCase()}_SUBNET: ${variable(name)}`),
  '      STARLANE_SWARM_TASK: "{{.Task.ID}}"',
  `      STARLANE_RESULTS: ${quoted(paths.resultsShown)}`,
  `    volumes: ["run:/run/starlane", ${quoted(`${paths.results}:${RESULTS}`)}]`,
  `    deploy: { replicas: 0, restart_policy: { condition: none }, resources: { limits: { memory: 1G, pids: ${PIDS} } } }`,
  '    healthcheck: { disable: true }',
  '    restart: "no"',
  `    network_mode: "container:\${COMPOSE_PROJECT_NAME:-starlane}-${USERS}-1"`,
  '',
];

/** Where the load has the folder for results. */
export const RESULTS = '/results';

const NETWORKS = ['fibre', 'laser', 'access'] as const;

/**
 * Compose lets an unhealthy container be, so what was made to fail on purpose is not restarted for it. A check waits for the part
 * to start and for its state to change. So it needs no period of grace, in which some engines look every 5 s only.
 */
const healthcheck = (port: number): readonly string[] => [
  `    test: ["CMD", "bash", "parts/health-check.sh", "${port}"]`,
  '    interval: 3s',
  '    timeout: 90s',
  '    retries: 2',
];

interface File {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** The scenario and the files that it names. In a container they have the same relative paths as outside. */
const files = ({ files: named }: Scenario, paths: ComposePaths): readonly File[] => {
  const beside = Object.keys(named);
  return [
    { name: 'scenario', from: paths.scenario, to: scenarioTarget(paths) },
    ...beside.map((path, index) => ({
      name: `file-${index + 1}`,
      from: posix.isAbsolute(path) ? path : dotted(posix.join(posix.dirname(paths.scenario), path)),
      to: posix.resolve(posix.dirname(scenarioTarget(paths)), path),
    })),
  ];
};

/** Deep enough that `../` in a scenario still leads to a folder under `/etc/starlane`. */
const scenarioTarget = ({ scenario }: ComposePaths): string => `/etc/starlane/a/b/c/${posix.basename(scenario)}`;

const dotted = (path: string): string => (path.startsWith('.') ? path : `./${path}`);

const variable = (network: keyof typeof SUBNETS): string =>
  `\${STARLANE_${network.toUpperCase()}_SUBNET:-${SUBNETS[network]}}`;

/** A name, in quotes if YAML would read it as a number, a boolean or null. */
const word = (name: string): string => (/^(\d.*|y|n|yes|no|on|off|true|false|null)$/.test(name) ? quoted(name) : name);

/** Quoted for YAML and for `docker compose`, where a literal dollar sign is written twice. */
const mapped = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}: ${quoted(value)}`)
    .join(', ');

const quoted = (text: string): string => JSON.stringify(text.replaceAll('$', '$$$$'));
