import { posix } from 'node:path';
import { ConfigError } from '../../core/config/config-error.ts';
import { nodePlansOf } from '../node-plan.ts';
import type { Scenario } from '../scenario.ts';
import { hostOn, ROUTER, USERS } from './namespace-plan.ts';
import { AGENT_CONTROL_PORT, CONTROL_PORT, GRPC_PORT } from './ports.ts';
import { SUBNETS } from './subnets.ts';

/** The service that sends the load, on demand. */
export const LOAD = 'load';

export interface ComposePaths {
  /** The way from the compose file to the scenario. */
  readonly scenario: string;
  /** The way from the compose file to the folder of the Dockerfile. */
  readonly root: string;
}

/**
 * The compose file of a scenario: a container a node, one for the router, an agent beside each, the users' side of the access
 * links, and the load. It is a pure function of its arguments, so it can be held to; Docker Swarm takes it as a stack too.
 *
 * @throws ConfigError when a node has the name of another container, or a name that reads as an address.
 */
export const composeFile = (scenario: Scenario, paths: ComposePaths): string => {
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
        main: 'parts/node.ts',
        environment: 'node-environment',
        networks: config.media,
        memory: '256M',
      }),
      ...agent(name),
    ]),
    ...owner({
      name: ROUTER,
      main: 'parts/router.ts',
      networks: media,
      memory: '512M',
      graceS: Math.ceil(scenario.router.drainS) + CLOSING_S,
      also: [
        `    depends_on: [${nodes.map(({ name }) => word(name)).join(', ')}]`,
        `    ports: ["127.0.0.1:\${STARLANE_PORT:-${GRPC_PORT}}:${GRPC_PORT}"]`,
      ],
    }),
    ...agent(ROUTER),
    ...users(),
    ...load([...nodes.map(({ name }) => name), ROUTER]),
    'networks:',
    ...media.map((medium) => `  ${medium}: { internal: true, ipam: { config: [{ subnet: "${variable(medium)}" }] } }`),
    '  # The way of the users, and of health and metrics.',
    `  default: { ipam: { config: [{ subnet: "${variable('access')}" }] } }`,
    '',
    'volumes:',
    '  run: { labels: *labels } # logs of runs, and when they start',
    '',
    'configs:',
    ...files(scenario, paths).map(({ name, from }) => `  ${name}: { file: ${quoted(from)} }`),
    '',
  ].join('\n');
};

/** What the router may take beyond its drain: to flush what it wrote last, and to close. */
const CLOSING_S = 5;

const checkNames = (nodes: readonly string[]): void => {
  const others = [ROUTER, USERS, LOAD, ...[...nodes, ROUTER].map((name) => `${name}-agent`)];
  const clash = nodes.find((name) => others.includes(name));
  const number = nodes.find((name) => /^(\d+|0x[0-9a-f]*)$/.test(name));
  if (number !== undefined)
    throw new ConfigError(`nodes.${number}`, 'would be an address for a container; expected a letter in it');
  if (clash !== undefined) throw new ConfigError(`nodes.${clash}`, 'has the name of another container of the topology');
};

const header = (scenario: Scenario, paths: ComposePaths): readonly string[] => [
  `# The topology of ${paths.scenario}, made by: npm run starlane -- compose ${paths.scenario}`,
  '# Change the scenario and make it again. Everything in capitals can be set in the environment of `docker compose`.',
  'x-labels: &labels',
  `  starlane.scenario: ${word(scenario.name)}`,
  '',
  'x-container: &container',
  '  labels: *labels',
  '  init: true',
  '  read_only: true',
  '  user: node',
  '  restart: unless-stopped',
  '  stop_grace_period: 5s',
  '  volumes: ["run:/run/starlane"]',
  '  logging: { driver: json-file, options: { max-size: 10m, max-file: "2" } }',
  '  configs:',
  ...files(scenario, paths).map(({ name, to }) => `    - { source: ${name}, target: ${quoted(to)} }`),
  '',
  'x-service: &service',
  '  <<: *container',
  '  image: starlane-service',
  `  build: { context: ${quoted(paths.root)}, target: service }`,
  '  cap_drop: [ALL]',
  '  security_opt: ["no-new-privileges:true"]',
  '  healthcheck:',
  ...healthcheck(CONTROL_PORT),
  '',
  '# Shapes the network of the container that it stands beside: one capability, and nothing else.',
  'x-agent: &agent',
  '  <<: *container',
  '  image: starlane-agent',
  `  build: { context: ${quoted(paths.root)}, target: agent }`,
  '  command: [node, parts/agent.ts]',
  '  cap_drop: [ALL]',
  '  cap_add: [NET_ADMIN]',
  '  deploy: { resources: { limits: { memory: 256M } } }',
  '  healthcheck:',
  ...healthcheck(AGENT_CONTROL_PORT),
  '',
  'x-environment: &environment',
  `  STARLANE_SCENARIO: ${quoted(scenarioTarget(paths))}`,
  `  STARLANE_START: \${STARLANE_START:-cycle} # or awaited: scenario time begins with the first load`,
  `  STARLANE_POLICY: \${STARLANE_POLICY:-ephemeris}`,
  `  STARLANE_SHAPER: \${STARLANE_SHAPER:-auto} # or netem, or relay`,
  `  STARLANE_SEED: \${STARLANE_SEED:-}`,
  `  STARLANE_DURATION_S: \${STARLANE_DURATION_S:-}`,
  `  STARLANE_RATE_PER_S: \${STARLANE_RATE_PER_S:-}`,
  ...(['fibre', 'laser', 'access'] as const).map(
    (name) => `  STARLANE_${name.toUpperCase()}_SUBNET: ${variable(name)}`,
  ),
  '  STARLANE_SWARM_TASK: "{{.Task.ID}}" # a number on Swarm, this very text elsewhere',
  '',
  '# Where nodes send traces, if anywhere.',
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
  readonly main: string;
  readonly environment?: string;
  readonly networks: readonly ('fibre' | 'laser')[];
  readonly memory: string;
  /** How long Docker waits for it to end. */
  readonly graceS?: number;
  readonly also?: readonly string[];
}): readonly string[] => [
  `  ${word(service.name)}:`,
  '    <<: *service',
  `    command: [node, ${service.main}]`,
  `    environment: { <<: *${service.environment ?? 'environment'}, STARLANE_PART: ${word(service.name)} }`,
  `    deploy: { resources: { limits: { memory: ${service.memory} } } }`,
  ...(service.graceS === undefined ? [] : [`    stop_grace_period: ${service.graceS}s`]),
  ...(service.also ?? []),
  '    networks:',
  ...[...service.networks].sort().map((network) => `      ${network}: { aliases: [${hostOn(network, service.name)}] }`),
  `      default: { aliases: [${hostOn('access', service.name)}] }`,
  '',
];

/** No `depends_on`: that of a shared namespace is implied, and only that one orders a restart. */
const agent = (name: string): readonly string[] => [
  `  ${name}-agent:`,
  '    <<: *agent',
  `    environment: { <<: *environment, STARLANE_PART: ${word(name)} }`,
  `    network_mode: service:${name}`,
  '',
];

/** It has no server, so its agent is what owns the namespace. */
const users = (): readonly string[] => [
  `  ${USERS}:`,
  '    <<: *agent',
  `    environment: { <<: *environment, STARLANE_PART: ${USERS} }`,
  `    depends_on: [${ROUTER}]`,
  '    networks:',
  `      default: { aliases: [${hostOn('access', USERS)}] }`,
  '',
];

/** It depends on the agents too: where Compose makes a part anew for it, it must make what stands in that part's namespace anew. */
const load = (owners: readonly string[]): readonly string[] => [
  `  # On demand: docker compose run --rm ${LOAD} --duration 30s --rate 20`,
  `  ${LOAD}:`,
  '    <<: *service',
  '    entrypoint: [node, cli/main.ts, load]',
  `    environment: { <<: *environment, STARLANE_PART: ${LOAD} }`,
  '    deploy: { replicas: 0, restart_policy: { condition: none }, resources: { limits: { memory: 1G } } }',
  '    healthcheck: { disable: true }',
  '    restart: "no"',
  `    network_mode: service:${USERS}`,
  `    depends_on: [${[USERS, ...owners.map((name) => `${name}-agent`)].join(', ')}]`,
  '',
];

const healthcheck = (port: number): readonly string[] => {
  const ask = `exec 3<>/dev/tcp/127.0.0.1/${port}; printf 'GET /live HTTP/1.0\\\\r\\\\n\\\\r\\\\n' >&3; grep -q ' 200 ' <&3`;
  return [
    `    test: ["CMD", "bash", "-c", "${ask}"]`,
    '    interval: 10s',
    '    timeout: 5s',
    '    retries: 3',
    '    start_period: 20s',
  ];
};

interface File {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** The scenario and the files that it names, which stand around it in a container as they do outside. */
const files = ({ files: named, load: { trace } }: Scenario, paths: ComposePaths): readonly File[] => {
  const beside = [...new Set([...Object.keys(named), ...(trace.endsWith('.csv') ? [trace] : [])])];
  return [
    { name: 'scenario', from: paths.scenario, to: scenarioTarget(paths) },
    ...beside.map((path, index) => ({
      name: `file-${index + 1}`,
      from: posix.isAbsolute(path) ? path : dotted(posix.join(posix.dirname(paths.scenario), path)),
      to: posix.resolve(posix.dirname(scenarioTarget(paths)), path),
    })),
  ];
};

/** Deep enough that `../` in a scenario still leads to a folder of ours. */
const scenarioTarget = ({ scenario }: ComposePaths): string => `/etc/starlane/a/b/c/${posix.basename(scenario)}`;

const dotted = (path: string): string => (path.startsWith('.') ? path : `./${path}`);

const variable = (network: keyof typeof SUBNETS): string =>
  `\${STARLANE_${network.toUpperCase()}_SUBNET:-${SUBNETS[network]}}`;

/** A name, in quotes where YAML would take it for a number, a truth value or nothing. */
const word = (name: string): string => (/^(\d.*|y|n|yes|no|on|off|true|false|null)$/.test(name) ? quoted(name) : name);

/** As YAML and as `docker compose` read it: a dollar sign is itself. */
const quoted = (text: string): string => JSON.stringify(text.replaceAll('$', '$$$$'));
