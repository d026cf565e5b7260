import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { makeFolder } from '../core/config/io/output.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { Progress } from '../core/process/io/progress.ts';
import { ComposeProject } from '../hosts/compose/io/compose-project.ts';
import { publishedPorts } from '../hosts/compose/io/published-ports.ts';
import { checkOurs, standingTopologies } from '../hosts/compose/io/standing-topologies.ts';
import { SHAPER_CHOICES, type ShaperChoice } from '../scenario/deployment/environment.ts';
import { ROUTER, routerPart } from '../scenario/deployment/namespace-plan.ts';
import { GRPC_PORT, publishedAt } from '../scenario/deployment/ports.ts';
import { checkPlayedLive } from '../scenario/hand-over-of.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { checkPolicy } from '../scenario/meant-policy.ts';
import { routerPlansOf } from '../scenario/router-plan.ts';
import { writeComposeFile } from './compose.ts';
import { stopSignals } from './io/stop-signals.ts';
import { writeText } from './io/write-text.ts';
import { portNumber, withSetOption } from './run-options.ts';

interface UpOptions {
  readonly policy: string;
  readonly shaper: ShaperChoice;
  readonly port?: number;
  readonly name?: string;
  readonly watchRouter: boolean;
  readonly set: readonly string[];
}

export const upCommand = (command: Command): Command =>
  withSetOption(command.argument('<file>', 'the scenario, a YAML file'))
    .option('-p, --policy <name>', 'the policy of each router', 'ephemeris')
    .addOption(
      new Option('--shaper <shaper>', 'what delays the bytes; auto takes netem where the kernel has it')
        .choices(SHAPER_CHOICES)
        .default('auto'),
    )
    .option(
      '--port <n>',
      `where the router is published on 127.0.0.1, further ones at the next ports; 0 for any (default: ${GRPC_PORT}, or any where that is taken)`,
      portNumber,
    )
    .option('--name <name>', 'what containers and networks are named after (default: starlane-<scenario>)')
    .option(
      '--watch-router',
      'an edit of the router’s part of the file counts at once, as far as the containers see it; starlane reload FILE always does',
      false,
    )
    .action(async (file: string, { policy, shaper, port, name, set, watchRouter }: UpOptions) => {
      const scenario = readScenario(file, { set });
      checkPlayedLive(scenario);
      checkPolicy(scenario.router, policy, { simulated: false });
      const routers = routerPlansOf(scenario);
      const published = await publishedPorts(port, routers.length);
      const progress = new Progress();
      const signal = stopSignals();
      const projectName = name ?? `starlane-${scenario.name}`;
      if (!/^[a-z0-9][a-z0-9_-]*$/.test(projectName)) {
        throw new ConfigError('--name', `is "${projectName}", expected lower-case letters, digits, - and _`);
      }
      const environment = {
        COMPOSE_PROJECT_NAME: projectName,
        STARLANE_POLICY: policy,
        STARLANE_SHAPER: shaper,
        ...(watchRouter && { STARLANE_WATCH_ROUTER: 'yes' }),
        ...publishedAt(published),
      };
      const standing = (await standingTopologies()).map(({ project }) => project);
      if (standing.includes(projectName)) {
        throw new Error(`${projectName} is already running: take it down first, or use another --name`);
      }
      await checkOurs(projectName);
      const folder = join('results', projectName);
      const isNew = !existsSync(folder);
      makeFolder(folder, 'results');
      const composeFile = writeComposeFile(file, { out: join(folder, 'docker-compose.yml'), results: folder, set });
      const project = new ComposeProject({
        name: projectName,
        file: composeFile,
        routers: routers.map(routerPart),
        environment,
      });
      try {
        progress.show(project.name, null, 'building images');
        await project.build({ signal });
        progress.show(project.name, null, 'starting containers');
        await project.up({ signal });
        // The chosen values are written beside the compose file, so that plain `docker compose` finds the same topology.
        const lines = Object.entries(project.environment).map(([key, value]) => `${key}=${value}\n`);
        writeText(join(folder, '.env'), lines.join(''));
        const onLine = (line: string): void => progress.show(project.name, null, line);
        const said = await project.load(['--only-wait'], { onLine, signal });
        progress.clear();
        const addresses = await project.routerAddresses();
        signal.throwIfAborted(); // Ctrl-C may come when all parts were already healthy
        project.keep();
        process.stdout.write(`${said.trim().split('\n').at(-1)}\n`);
        for (const [router, address] of addresses) {
          const who = router === ROUTER ? 'the router' : router;
          process.stdout.write(`${project.name}: ${who} listens on ${address}\n`);
        }
        process.stdout.write(`load:  npm run starlane -- load --name ${project.name} --duration 30s\n`);
        process.stdout.write(`down:  npm run starlane -- down ${project.name}\n`);
      } catch (error) {
        progress.clear();
        await leaveNothing(project, isNew ? folder : null);
        if (!signal.aborted) throw error;
        process.exitCode = EXIT.stopped;
      }
    });

/** Takes down what came up, and removes the folder that was made for it. What fails here comes after a failure that says more. */
const leaveNothing = async (project: ComposeProject, folder: string | null): Promise<void> => {
  await project.down().catch(() => {});
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
};
