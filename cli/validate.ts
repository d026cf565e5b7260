import type { Command } from 'commander';
import { EXIT } from '../core/process/exit-code.ts';
import { Progress } from '../core/process/io/progress.ts';
import { outlookOf } from '../report/outlook/outlook.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { traceOf } from '../scenario/io/trace-of.ts';
import { topologyOf } from '../scenario/topology.ts';
import { inPieces } from './io/in-pieces.ts';
import { stopSignals } from './io/stop-signals.ts';
import { overridesOf, type RunOptions, withSetOption } from './run-options.ts';
import { validationJson, validationOf, validationText } from './validation.ts';

interface ValidateOptions extends Pick<RunOptions, 'set'> {
  readonly json: boolean;
  readonly strict: boolean;
}

const HELP = `
It says what a run will meet:

  path            share of the run, with its drain, in which both directions are up; its longest outage; why it is down. Exact up to
                  half an hour; of longer runs paths through space are sampled ("~") at 300 to 2000 instants: short outages may be missed
  serves          requests of this load that a node ends a second when it is never idle: a rehearsal of its own scheduler, without
                  noise, heat, and the power of its site. Real runs come within some percent of it
  at a time       sequences that run at the same time then, and the limit that allows no more
  even split      offered over served when every endpoint that is ever up gets as many requests as the next, as round-robin does
  best split      the same when all nodes are equally busy: no policy can have less on all of them

--json prints one object; --strict makes warnings a failure (exit code 1). A file that is wrong has exit code 2.

Examples:
  starlane validate scenarios/atlantic.yaml
  starlane validate scenarios/atlantic.yaml --set load.ratePerS=40
  starlane validate scenarios/atlantic.yaml --json | jq .warnings`;

export const validateCommand = (command: Command): Command =>
  withSetOption(command.argument('<file>', 'the scenario, a YAML file'))
    .option('--json', 'print JSON instead of text', false)
    .option('--strict', 'fail when there are warnings', false)
    .addHelpText('after', HELP)
    .action(async (file: string, { json, strict, set }: ValidateOptions) => {
      const scenario = readScenario(file, overridesOf({ set }));
      const topology = topologyOf(scenario);
      const trace = traceOf(scenario);
      const progress = new Progress();
      const outlook = await inPieces(outlookOf(scenario, topology, trace), {
        onShare: (share) => progress.show('outlook', share, share < 0.8 ? 'when paths are up' : 'what nodes serve'),
        signal: stopSignals(),
      });
      progress.clear();
      if (outlook === null) {
        process.stderr.write(`starlane: stopped; ${file} is valid as far as it can be read\n`);
        process.exitCode = EXIT.stopped;
        return;
      }
      const validation = validationOf({ file, scenario, topology, outlook, traceRemarks: trace.remarks });
      process.stdout.write(json ? validationJson(validation) : `${validationText(validation).join('\n')}\n`);
      if (strict && validation.warnings.length > 0) process.exitCode = EXIT.failed;
    });
