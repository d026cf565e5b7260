import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';

/** A command, known by what the overview says of it. Its options, and all that it needs, are loaded when it is asked for. */
export interface KnownCommand {
  readonly name: string;
  /** One sentence. */
  readonly what: string;
  /** Gives what adds the arguments, options and action of the command to an empty one. */
  load(): Promise<(command: Command) => Command>;
}

/** In the order of the overview. */
export const COMMANDS: readonly KnownCommand[] = [
  {
    name: 'validate',
    what: 'Check a scenario, and say what it resolves to and what a run of it will meet.',
    load: async () => (await import('./validate.ts')).validateCommand,
  },
  {
    name: 'simulate',
    what: 'Run a scenario in virtual time, once for each policy and seed, and compare them.',
    load: async () => (await import('./simulate.ts')).simulateCommand,
  },
  {
    name: 'sweep',
    what: 'Simulate a scenario at many values of some of its keys; goes on where it was stopped.',
    load: async () => (await import('./sweep.ts')).sweepCommand,
  },
  {
    name: 'find-capacity',
    what: 'Find the highest load at which each policy keeps to objectives, by bisection.',
    load: async () => (await import('./find-capacity.ts')).findCapacityCommand,
  },
  {
    name: 'sensitivity',
    what: 'Does the best policy stay the best when what a scenario assumes is otherwise?',
    load: async () => (await import('./sensitivity.ts')).sensitivityCommand,
  },
  {
    name: 'tune',
    what: 'Search better parameters for a policy, and judge them on seeds and scenarios that were held out.',
    load: async () => (await import('./tune.ts')).tuneCommand,
  },
  {
    name: 'run',
    what: 'Run a scenario in real time, once for each policy, with real gRPC over delayed paths.',
    load: async () => (await import('./run.ts')).runCommand,
  },
  {
    name: 'agree',
    what: 'Run a scenario on two hosts, on one schedule, and say how far they agree, and why not.',
    load: async () => (await import('./agree.ts')).agreeCommand,
  },
  {
    name: 'report',
    what: 'Write one HTML page about the results of one folder or of several.',
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'compare',
    what: 'Compare two results of one scenario, seed by seed; a difference beyond a bound ends it with 1.',
    load: async () => (await import('./compare.ts')).compareCommand,
  },
  {
    name: 'router',
    what: 'Run the router by itself, before any gRPC servers: no scenario.',
    load: async () => (await import('./router.ts')).routerCommand,
  },
  {
    name: 'paths',
    what: 'Show the round trip and the satellites between two places over time, beside fibre.',
    load: async () => (await import('./paths.ts')).pathsCommand,
  },
  {
    name: 'sky',
    what: 'Draw a map of the satellites at an instant, a path through them, and its next hand-over.',
    load: async () => (await import('./sky.ts')).skyCommand,
  },
  {
    name: 'links',
    what: 'Show what each path of a scenario does over time, and export it.',
    load: async () => (await import('./links.ts')).linksCommand,
  },
  {
    name: 'engine',
    what: 'Replay requests through an inference engine in virtual time, and compare with a real run.',
    load: async () => (await import('./engine.ts')).engineCommand,
  },
  {
    name: 'profiles',
    what: 'List the devices with their models: what they cost, and how far to trust that.',
    load: async () => (await import('./profiles.ts')).profilesCommand,
  },
  {
    name: 'policies',
    what: 'List the routing policies, or tell all of one: formula, parameters, defaults, source.',
    load: async () => (await import('./policies.ts')).policiesCommand,
  },
  {
    name: 'compose',
    what: 'Write the compose file of a scenario, for `docker compose up` or `docker stack deploy`.',
    load: async () => (await import('./compose.ts')).composeCommand,
  },
  {
    name: 'up',
    what: 'Bring the topology of a scenario up in containers, and wait until every part is healthy.',
    load: async () => (await import('./up.ts')).upCommand,
  },
  {
    name: 'down',
    what: 'Take topologies down: containers, networks and volumes. Touches nothing that is not ours.',
    load: async () => (await import('./down.ts')).downCommand,
  },
  {
    name: 'status',
    what: 'Show the running topologies and the state of each part. Exit code 1 when a part is not healthy.',
    load: async () => (await import('./status.ts')).statusCommand,
  },
  {
    name: 'logs',
    what: 'What the parts of a topology said.',
    load: async () => (await import('./logs.ts')).logsCommand,
  },
  {
    name: 'load',
    what: 'Send a load to a running topology of containers, from a container beside it, and print the report.',
    load: async () => (await import('./load.ts')).loadCommand,
  },
  {
    name: 'reload',
    what: 'Have the routers of a running scenario load its edited `router:` part: all of them, or none.',
    load: async () => (await import('./reload.ts')).reloadCommand,
  },
  {
    name: 'fault',
    what: 'Make a part of a local run or of a topology of containers misbehave on purpose.',
    load: async () => (await import('./fault.ts')).faultCommand,
  },
  {
    name: 'schema',
    what: 'Print the JSON Schema of scenario files or of the file of a router, for editors, or of summary.json, for whoever reads results.',
    load: async () => (await import('./schema.ts')).schemaCommand,
  },
  {
    name: 'cache',
    what: 'Show what is kept between commands, and how to clear it: the lengths of ways through space.',
    load: async () => (await import('./cache.ts')).cacheCommand,
  },
  {
    name: 'bench',
    what: 'List and run the benchmarks; compare their figures with another commit, in turns.',
    load: benchCommand,
  },
  {
    name: 'doctor',
    what: 'Check this machine: what can run here, how well, and what to fix.',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
];

/** Images have no benchmarks, so what joins their code must not look for them: the name of the module is not in the import. */
async function benchCommand(): Promise<(command: Command) => Command> {
  if (!existsSync(new URL('../benchmarks', import.meta.url)))
    throw new ConfigError('', 'benchmarks run in a checkout of the project, and this is none');
  const module = new URL('./bench.ts', import.meta.url).href;
  return ((await import(module)) as typeof import('./bench.ts')).benchCommand;
}
