import { ConfigError } from '../../core/config/config-error.ts';
import type { Medium } from '../../netem/links/network.ts';
import { ROUTER_PROCESS } from '../../router/process-settings.ts';
import { type NodePlan, nodePlansOf } from '../node-plan.ts';
import { type RouterPlan, routerPlansOf } from '../router-plan.ts';
import type { Scenario } from '../scenario.ts';
import {
  type ComposePaths,
  composeHeader,
  files,
  memoryFor,
  NETWORKS,
  PIDS,
  RESTARTS,
  scenarioTarget,
} from './compose-header.ts';
import { quoted, subnetVariable, word } from './compose-text.ts';
import { hostOn, ROUTER, routerPart, USERS } from './namespace-plan.ts';
import { GRPC_PORT, portVariable } from './ports.ts';

/** The service that sends the load. It is started on demand. */
export const LOAD = 'load';

/**
 * The compose file of a scenario: a container for each node and each router, an agent for each of these, the users' side
 * of the access links, and the load. A pure function, so that tests can compare its output. It is also a Docker Swarm stack.
 *
 * @throws ConfigError when a node or a router has the name of another container, or a node a name that is a valid address.
 */
export const composeFile = (scenario: Scenario, paths: ComposePaths): string => {
  const nodes = nodePlansOf(scenario);
  const routers = routerPlansOf(scenario);
  const media = mediaOf(nodes);
  checkNames(
    nodes.map(({ name }) => name),
    routers.map(routerPart),
  );
  return [
    ...composeHeader(scenario, paths),
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
    ...routers.flatMap((plan, index) => router(scenario, plan, index)),
    ...users(routers.map(routerPart)),
    ...load(paths),
    'networks:',
    ...media.map(
      (medium) => `  ${medium}: { internal: true, ipam: { config: [{ subnet: "${subnetVariable(medium)}" }] } }`,
    ),
    '  # For the users, and for health and metrics.',
    `  default: { ipam: { config: [{ subnet: "${subnetVariable('access')}" }] } }`,
    '',
    'volumes:',
    '  run: { labels: *labels } # logs and start times of runs',
    '',
    'configs:',
    ...files(scenario, paths).map(({ name, from }) => `  ${name}: { file: ${quoted(from)} }`),
    '',
  ].join('\n');
};

/** What the router may take beyond its drain: to flush what it wrote last, and to close. */
const CLOSING_S = 5;

/** @throws ConfigError where two containers would have one name. */
const checkNames = (nodes: readonly string[], routers: readonly string[]): void => {
  const agents = [...nodes, ...routers].map((name) => `${name}-agent`);
  const others = [ROUTER, USERS, LOAD, ...routers, ...agents];
  const clash = nodes.find((name) => others.includes(name));
  const router = routers.find((name) => agents.includes(name));
  const number = nodes.find((name) => /^(\d+|0x[0-9a-f]*)$/.test(name));
  if (number !== undefined)
    throw new ConfigError(`nodes.${number}`, 'would be read as an IP address; expected a name with a letter');
  if (clash !== undefined) throw new ConfigError(`nodes.${clash}`, 'has the name of another container of the topology');
  if (router !== undefined)
    throw new ConfigError('routers', `would have two containers with the name ${router}; expected other names`);
};

const owner = (service: {
  readonly name: string;
  /** What Node.js runs, with its options before it. */
  readonly main: readonly string[];
  /** The mapping of its variables; null where `also` has them. */
  readonly environment?: string | null;
  readonly networks: readonly Medium[];
  /** What else it is called on the default network. */
  readonly aliases?: readonly string[];
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
    : [`    environment: ${environmentOf(service.environment ?? 'environment', service.name)}`]),
  `    deploy: { ${RESTARTS}, resources: { limits: { memory: ${service.memory}, pids: ${PIDS} } } }`,
  ...(service.graceS === undefined ? [] : [`    stop_grace_period: ${service.graceS}s`]),
  ...(service.also ?? []),
  '    networks:',
  ...[...service.networks].sort().map((network) => `      ${network}: { aliases: [${hostOn(network, service.name)}] }`),
  `      default: { aliases: [${[hostOn('access', service.name), ...(service.aliases ?? [])].join(', ')}] }`,
  '',
];

/** The first of several tells what all parts find, and is where others look for the router. */
const router = (scenario: Scenario, plan: RouterPlan, index: number): readonly string[] => {
  const name = routerPart(plan);
  const also = plan.label !== null && index === 0 ? { STARLANE_FIRST_ROUTER: 'yes' } : {};
  return [
    ...owner({
      name,
      main: [...ROUTER_PROCESS.execArgv, 'bundle/router.js'],
      environment: null,
      networks: mediaOf(plan.nodes),
      aliases: index === 0 && name !== ROUTER ? [hostOn('access', ROUTER)] : [],
      memory: memoryFor(scenario, 512),
      graceS: Math.ceil(plan.config.drainS) + CLOSING_S,
      also: [
        `    environment: ${environmentOf('environment', name, { ...also, STARLANE_ADMIN_TOKEN: `"\${STARLANE_ADMIN_TOKEN:-}"`, STARLANE_WATCH_ROUTER: `"\${STARLANE_WATCH_ROUTER:-}"`, ...quotedValues(ROUTER_PROCESS.env) })}`,
        `    depends_on: [${plan.nodes.map((node) => word(node.name)).join(', ')}]`,
        `    ports: ["127.0.0.1:\${${portVariable(index)}:-${GRPC_PORT + index}}:${GRPC_PORT}"]`,
      ],
    }),
    ...agent(name, also),
  ];
};

const mediaOf = (nodes: readonly NodePlan[]): readonly Medium[] =>
  [...new Set(nodes.flatMap(({ config }) => config.media))].sort();

const quotedValues = (variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, quoted(value)]));

const environmentOf = (base: string, part: string, also: Readonly<Record<string, string>> = {}): string => {
  const own = Object.entries({ STARLANE_PART: word(part), ...also }).map(([key, value]) => `${key}: ${value}`);
  return `{ <<: *${base}, ${own.join(', ')} }`;
};

/** It has no `depends_on`: the shared namespace implies one, and only the implied one also orders restarts. */
const agent = (name: string, also: Readonly<Record<string, string>> = {}): readonly string[] => [
  `  ${name}-agent:`,
  '    <<: *agent',
  `    environment: ${environmentOf('environment', name, also)}`,
  `    network_mode: service:${name}`,
  '',
];

/** The users have no server, so their agent owns the namespace. */
const users = (routers: readonly string[]): readonly string[] => [
  `  ${USERS}:`,
  '    <<: *agent',
  `    environment: ${environmentOf('environment', USERS)}`,
  `    depends_on: [${routers.join(', ')}]`,
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
  ...NETWORKS.map((name) => `      STARLANE_${name.toUpperCase()}_SUBNET: ${subnetVariable(name)}`),
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
