import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import type { RouterChange } from '../core/event/event.ts';
import { routerChangesText } from '../core/event/router-change-text.ts';
import { orderReload } from '../hosts/io/order-reload.ts';
import { type LiveRun, liveRuns } from '../hosts/local/io/live-runs.ts';

export const reloadCommand = (command: Command): Command =>
  command
    .argument('[file]', 'the scenario of the run, where several are under way')
    .option('--json', 'print JSON', false)
    .action(async (file: string | undefined, { json }: { readonly json: boolean }) => {
      const { reload, scenario } = theRunOf(file, liveRuns());
      const of = `the run of ${scenario}`;
      const changes = await orderReload({ url: `http://127.0.0.1:${reload.port}`, token: reload.token, of });
      process.stdout.write(json ? `${JSON.stringify({ changes })}\n` : `${said(changes)}\n`);
    });

const said = (changes: readonly RouterChange[]): string =>
  changes.length === 0 ? 'nothing of the router differs from what runs' : `reloaded: ${routerChangesText(changes)}`;

const theRunOf = (file: string | undefined, runs: readonly LiveRun[]): LiveRun => {
  if (runs.length === 0) throw new Error('no local run is under way, expected one: starlane run FILE');
  const having = file === undefined ? runs : runs.filter((run) => run.file === resolve(file));
  if (having.length === 1) return having[0]!;
  const files = [...new Set(runs.map((run) => run.file))].join(', ');
  if (having.length > 1 && file !== undefined)
    throw new Error(`${having.length} runs of ${file} are under way; end all but one`);
  throw new ConfigError('FILE', `is ${file ?? 'missing'}, expected the scenario of a run that is under way: ${files}`);
};
