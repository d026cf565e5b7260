import { join, relative } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Event, EventSink, HostKind } from '../core/event/event.ts';
import { loggedEvent } from '../core/event/logged-event.ts';
import { EXIT } from '../core/process/exit-code.ts';
import { Progress } from '../core/process/io/progress.ts';
import { type Agreement, hostAgreement } from '../hosts/agreement/agreement.ts';
import { agreementText } from '../hosts/agreement/agreement-text.ts';
import { type RunPlan, runPlan } from '../hosts/run-plan.ts';
import { simulate } from '../hosts/simulate/simulate.ts';
import { openResults, type Results } from '../report/io/results.ts';
import { RunTally } from '../report/run-tally.ts';
import type { Summary } from '../report/summary-schema.ts';
import { SHAPER_CHOICES, type ShaperChoice } from '../scenario/deployment/environment.ts';
import { stopSignals } from './io/stop-signals.ts';
import { type TemporaryFolder, temporaryFolder } from './io/temporary-folder.ts';
import { liveRunOn } from './live-run.ts';
import { overridesOf, type RunOptions, withRunOptions } from './run-options.ts';
import { failureOf, studyExit, writtenResults } from './study-options.ts';

interface AgreeOptions extends RunOptions {
  readonly hosts: readonly [HostKind, HostKind];
  readonly shaper: ShaperChoice;
}

const HELP = `
Runs each policy on both hosts on one schedule. The second host agrees with the first when its median TTFT is within 2 ms or 2 %, and its p99
within 5 %. Exit code 1: it does not; 4: no verdict, because a live run was not valid, or its timing errors are too large for these figures.

Examples:
  starlane agree scenarios/atlantic.yaml --policy round-robin --duration 60s
  starlane agree scenarios/atlantic.yaml --hosts local,compose --rate 5`;

export const agreeCommand = (command: Command): Command =>
  withRunOptions(command)
    .option('--hosts <first,second>', 'simulate, local or compose: the second is judged by the first', hostPair, [
      'simulate',
      'local',
    ] as const)
    .addOption(
      new Option('--shaper <shaper>', 'in containers: what delays the bytes').choices(SHAPER_CHOICES).default('auto'),
    )
    .addHelpText('after', HELP)
    .action(async (file: string, options: AgreeOptions, command: Command) => {
      // Policies that go by what they measure part on the first difference; so the usual one does not.
      const policies = command.getOptionValueSource('policy') === 'default' ? ['round-robin'] : options.policy;
      const overrides = overridesOf(options);
      const plan = runPlan({ file, policies, overrides, simulated: false });
      const folder = options.out ?? `results/${plan.scenario.name}-agree`;
      const observed = options.hosts.map((host) => new Observed(host, openResults(join(folder, host), plan.resolved)));
      const progress = new Progress();
      const signal = stopSignals();
      const work = temporaryFolder();
      const agreements: Agreement[] = [];
      const failure = await failureOf(async () => {
        try {
          for (const policy of policies) {
            for (const { host, emit } of observed) {
              const show = (share: number | null, detail: string): void =>
                progress.show(`${policy} on ${host}`, share, detail);
              const fault = await runOn({ host, file, plan, policy, emit, options, work, show, signal, progress });
              if (fault !== null) throw fault;
              if (signal.aborted) return;
            }
          }
        } finally {
          progress.clear();
          work.remove();
        }
      });
      if (observed.some((each) => each.tallies.length === 0)) {
        if (failure !== null) throw failure;
        process.stderr.write('starlane: stopped before both hosts had run\n');
        process.exitCode = EXIT.stopped;
        return;
      }
      const summaries: Summary[] = [];
      for (const { results } of observed) summaries.push(await results.write());
      for (const [index] of policies.entries()) {
        const runs = observed.flatMap(({ host, tallies }, at) => {
          const [result, tally] = [summaries[at]!.runs[index], tallies[index]];
          return result === undefined || tally === undefined ? [] : [{ host, result, tally }];
        });
        if (runs.length === 2) agreements.push(hostAgreement(runs[0]!, runs[1]!));
      }
      const isStopped = signal.aborted;
      const partial = isStopped || failure !== null || agreements.length < policies.length;
      const text = `${JSON.stringify({ schema: 1, scenario: plan.scenario.name, partial, agreements }, null, 2)}\n`;
      const fault = observed.map(({ results }) => results.fault()).find((each) => each !== null);
      const unwritten = fault ?? writtenResults(folder, { 'agreement.json': text });
      const shown = relative('.', folder) || '.';
      const lines = [
        ...agreements.flatMap(agreementText),
        ...(isStopped ? ['Stopped by Ctrl-C: these runs are partial.'] : []),
        ...(unwritten === null
          ? [`Results: ${join(shown, 'agreement.json')}, and a folder for each host beside it.`]
          : []),
      ];
      process.stdout.write(options.json ? text : `${lines.join('\n')}\n`);
      const verdicts = agreements.map(({ verdict }) => verdict);
      const exit = studyExit({ failure: failure ?? unwritten, isStopped, valid: !verdicts.includes('outside') });
      process.exitCode = exit === EXIT.done && verdicts.includes('not-known') ? EXIT.noVerdict : exit;
    });

/** The results of one host, and its log added up, a tally a policy. */
class Observed {
  readonly host: HostKind;
  readonly results: Results;
  readonly tallies: RunTally[] = [];

  constructor(host: HostKind, results: Results) {
    this.host = host;
    this.results = results;
  }

  readonly emit = (event: Event): void => {
    this.results.emit(event);
    if (event.kind === 'run') this.tallies.push(new RunTally(event));
    else this.tallies.at(-1)?.add(loggedEvent(event));
  };
}

interface RunOnHost {
  readonly host: HostKind;
  readonly file: string;
  readonly plan: RunPlan;
  readonly policy: string;
  readonly emit: EventSink;
  readonly options: AgreeOptions;
  readonly work: TemporaryFolder;
  readonly show: (share: number | null, detail: string) => void;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Resolves to why a disk did not take all of it; null where it did. */
const runOn = async (run: RunOnHost): Promise<Error | null> => {
  const { host, plan, policy, emit, options, work, show, signal, progress } = run;
  if (host !== 'simulate') {
    const { unwritten } = await liveRunOn[host]({
      ...{ file: run.file, overrides: overridesOf(options), plan, policy, emit, show, signal },
      ...{
        workFolder: work.folder(`${host}-${policy}`),
        port: 0,
        shaper: options.shaper,
        keep: false,
        watchRouter: false,
      },
      warn: (message) => progress.say(`starlane: ${message}`),
    });
    return unwritten;
  }
  const { scenario, topology, schedule } = plan;
  emit(plan.runEvent(policy, { host, shaper: 'emulator' }));
  for (const virtualMs of simulate({ scenario, topology, schedule, policy, emit })) {
    show(Math.min(1, virtualMs / (scenario.durationS * 1000)), 'in virtual time');
    await new Promise(setImmediate);
    if (signal.aborted) break;
  }
  return null;
};

const HOSTS: readonly string[] = ['simulate', 'local', 'compose'] satisfies readonly HostKind[];

const hostPair = (text: string): readonly [HostKind, HostKind] => {
  const names = text.split(',').map((name) => name.trim());
  if (names.length !== 2 || names[0] === names[1] || names.some((name) => !HOSTS.includes(name)))
    throw new InvalidArgumentError(`Expected two of ${HOSTS.join(', ')}.`);
  return names as unknown as readonly [HostKind, HostKind];
};
