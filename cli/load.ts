import { Command } from 'commander';
import type { LoadLine } from '../hosts/compose/io/compose.ts';
import { driveStanding, healthyTopology } from '../hosts/compose/io/standing-load.ts';
import { standingLogs } from '../hosts/compose/io/standing-logs.ts';
import { runPlan } from '../hosts/run-plan.ts';
import { withEnd } from '../hosts/with-end.ts';
import { openResults } from '../report/io/results.ts';
import { deploymentOf } from '../scenario/deployment/environment.ts';
import { standingParts } from '../scenario/deployment/parts.ts';
import type { LoadProgress } from '../services/client/io/load-generator.ts';
import { Progress } from './io/progress.ts';
import { positive, seconds } from './run-options.ts';

interface LoadOptions {
  readonly duration?: number;
  readonly rate?: number;
  readonly json: boolean;
  readonly lines: boolean;
  readonly onlyWait: boolean;
}

export const loadCommand = (): Command =>
  new Command('load')
    .description('Send a load to a running topology of containers, from inside it: docker compose run --rm load')
    .option('-d, --duration <time>', 'how long requests are sent, instead of the scenario’s: 90, 90s, 10m, 2h', seconds)
    .option('-r, --rate <n>', 'requests per second over all clients, instead of the scenario’s', positive)
    .option('--json', 'print the summary as JSON instead of tables', false)
    .option('--lines', 'print progress as JSON lines for another program, and no summary', false)
    .option('--only-wait', 'wait until every part is healthy, and send nothing', false)
    .action(async (options: LoadOptions) => {
      const progress = new Progress();
      const stopping = new AbortController();
      process.once('SIGINT', () => stopping.abort());
      process.once('SIGTERM', () => stopping.abort());
      try {
        await sendLoad(options, progress, stopping.signal);
      } catch (error) {
        progress.clear();
        if (!stopping.signal.aborted) throw error;
        process.exitCode = 130; // stopped while it waited: there is nothing to report
      }
    });

const sendLoad = async (options: LoadOptions, progress: Progress, signal: AbortSignal): Promise<void> => {
  const deployment = deploymentOf(process.env);
  const { seed, durationS, ratePerS } = deployment.overrides;
  const { duration = durationS, rate = ratePerS, json, lines } = options;
  const overrides = {
    ...(seed !== undefined && { seed }),
    ...(duration !== undefined && { durationS: duration }),
    ...(rate !== undefined && { ratePerS: rate }),
  };
  const plan = runPlan({ file: deployment.scenarioFile, policies: [], overrides, simulated: false });
  const { scenario, schedule } = plan;
  const tell = (line: LoadLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const onWaiting = (names: readonly string[]): void => {
    if (lines) tell({ kind: 'waiting', names });
    else progress.show('load', 0, `waiting for ${names.join(', ')}`);
  };
  const onProgress = (now: LoadProgress): void => {
    if (lines) tell({ kind: 'progress', progress: now });
    else progress.show('load', now.ended / schedule.length, progressText(now, schedule.length));
  };
  if (options.onlyWait) {
    const { shaper, policy } = await healthyTopology({ scenario, deployment, onWaiting, signal });
    progress.clear();
    process.stdout.write(`every part is healthy: shaper ${shaper}, policy ${policy}\n`);
    return;
  }
  const run = await driveStanding({
    scenario,
    schedule,
    deployment,
    onWaiting,
    onProgress,
    signal,
  });
  progress.clear();
  if (lines) {
    const { logs, shaper, policy } = run;
    tell({ kind: 'over', logs, shaper, policy });
    return;
  }
  const results = openResults(run.logs, plan.resolved);
  results.emit(plan.runEvent(run.policy, { host: 'compose', shaper: run.shaper }));
  const parts = [...standingParts(scenario).map(({ name }) => name), 'load'];
  for (const event of withEnd(standingLogs(run.logs, parts), signal.aborted)) results.emit(event);
  const { valid } = results.report({ asJson: json, isStopped: signal.aborted, next: [] });
  process.exitCode = signal.aborted ? 130 : valid ? 0 : 1;
};

/** Progress of a load of `requests`, for a person to read. */
export const progressText = ({ sent, answered, ended }: LoadProgress, requests: number): string =>
  `${ended} of ${requests} ended, ${sent - ended} in flight, ${ended - answered} failed`;
