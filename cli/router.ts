import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { EmulatedPaths } from '../hosts/local/io/emulated-paths.ts';
import { DEFAULT_DATA_PATH, dataPathNames } from '../router/data-path-name.ts';
import { livePolicyNames } from '../router/pick/live-policy.ts';
import { readPlan, type StandaloneFlags } from '../router/standalone/io/read-plan.ts';
import { runStandalone } from '../router/standalone/io/run-standalone.ts';
import type { StandalonePlan } from '../router/standalone/standalone-plan.ts';
import { stopSignals } from './io/stop-signals.ts';
import { wholeFrom } from './run-options.ts';

const HELP = `
Examples:
  starlane router --endpoint a=127.0.0.1:50061 --endpoint b=127.0.0.1:50062,medium=laser --policy peak-ewma
  starlane router --config router.yaml --workers 2 --admin 127.0.0.1:9464

Prints "ready HOST:PORT" when it serves. SIGHUP loads the configuration again, and with --watch an edit of its file. SIGTERM or Ctrl-C drains; a second one ends it at once.`;

export const routerCommand = (command: Command): Command =>
  command
    .option('-c, --config <file>', 'its configuration, a YAML file; what an option says counts more')
    .option('-l, --listen <host:port>', 'where clients call; port 0 takes a free one (default: 127.0.0.1:50051)')
    .option(
      '-e, --endpoint <name=host:port,...>',
      'a server, also with ,medium=laser ,weight=2 ,node=N; repeat it',
      collect,
      [],
    )
    .addOption(
      new Option('-p, --policy <name>', 'how an endpoint is chosen (default: peak-ewma)').choices(livePolicyNames),
    )
    .addOption(
      new Option('--data-path <name>', `what carries the bytes (default: ${DEFAULT_DATA_PATH})`).choices(dataPathNames),
    )
    .option('-w, --workers <n>', 'how many processes share the port (default: 1)', wholeFrom(1, 256))
    .option('--admin <host:port>', 'where /live, /health, /metrics and /admin/ are; none by default')
    .option('--watch', 'load the configuration again when its file is edited; needs --config', false)
    .option('--drain-s <n>', 'how long open requests have when it ends, in seconds (default: 10)', wholeFrom(0, 300))
    .option(
      '--emulate <scenario>',
      'put the paths of a scenario before the servers, whose names are its paths or nodes',
    )
    .addHelpText('after', HELP)
    .action(async (flags: StandaloneFlags & { readonly emulate?: string; readonly watch: boolean }) => {
      const say = (line: string): void => void process.stderr.write(`starlane router: ${line}\n`);
      if (flags.watch && flags.config === undefined)
        throw new ConfigError('--watch', 'is given without a file, expected --config FILE beside it');
      const watched = flags.watch ? [flags.config!] : [];
      const first = readPlan(flags); // its mistakes come before those of the scenario
      const paths = flags.emulate === undefined ? null : new EmulatedPaths(flags.emulate, say);
      const between = async (plan: StandalonePlan) => (paths === null ? plan : paths.between(plan));
      const read = async (running: StandalonePlan) => between(readPlan(flags, running));
      const announce = (line: string): void => void process.stdout.write(`${line}\n`);
      const worker = paths === null ? 'router-worker' : 'emulating-router-worker';
      const module = fileURLToPath(new URL(`../parts/${worker}.ts`, import.meta.url));
      try {
        const plan = await between(first);
        await runStandalone({ plan, read, watched, module, announce, say }, stopSignals());
      } finally {
        await paths?.close();
      }
    });

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];
