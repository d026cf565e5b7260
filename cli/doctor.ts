import { type Command, Option } from 'commander';
import { SHAPER_CHOICES, type ShaperChoice } from '../scenario/deployment/environment.ts';
import type { Host } from './doctor/check.ts';
import { diagnose } from './doctor/diagnose.ts';
import { examine } from './doctor/io/examine.ts';
import { doctorReport } from './doctor/report.ts';

const HOSTS: readonly Host[] = ['simulate', 'local', 'compose'];

interface DoctorOptions {
  readonly host: Host;
  readonly shaper: ShaperChoice;
  readonly json: boolean;
}

export const doctorCommand = (command: Command): Command =>
  command
    .addOption(new Option('--host <host>', 'the host to check for').choices(HOSTS).default('local'))
    .addOption(new Option('--shaper <shaper>', 'what delays bytes in compose').choices(SHAPER_CHOICES).default('auto'))
    .option('--json', 'print what was found as JSON', false)
    .addHelpText('after', '\nExit codes: 0 the host can run, 1 it cannot, 2 wrong input.')
    .action(async ({ host, shaper, json }: DoctorOptions) => {
      const diagnosis = diagnose(await examine(), { host, shaper });
      const text = json ? JSON.stringify(diagnosis, null, 2) : doctorReport(diagnosis).join('\n');
      process.stdout.write(`${text}\n`);
      process.exitCode = diagnosis.canRun ? 0 : 1;
    });
