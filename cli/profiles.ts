import type { Command } from 'commander';
import { textTable } from '../report/text-table.ts';
import type { Profile } from '../services/node/engine/profile.ts';
import { profiles } from '../services/node/engine/profiles.ts';
import { profileFrom } from './io/profile-file.ts';

const HELP = `
A step takes  t0 + max(tw, tw0 + tokens * ttok) + context * tkv + pairs * tatt + sequences * tseq  [+ tc0 + tokens * tc].

Grades: A  checked end to end against a real run
        B  from measured operators or measured inter-token latency
        C  scaled from a datasheet or from other devices; errs by 25 to 35 %

--json prints them as they may be written to a file for "starlane engine --profile FILE" and into a scenario.

Examples:
  starlane profiles
  starlane profiles h100-llama8b --json`;

export const profilesCommand = (command: Command): Command =>
  command
    .argument('[name|file]', 'one profile only')
    .option('--json', 'print JSON instead of a table', false)
    .addHelpText('after', HELP)
    .action((name: string | undefined, { json }: { readonly json: boolean }) => {
      const shown = name === undefined ? [...profiles.values()] : [profileFrom(name, 'profile')];
      if (json) {
        process.stdout.write(`${JSON.stringify(name === undefined ? shown : shown[0], null, 2)}\n`);
        return;
      }
      process.stdout.write(`${linesOf(shown).join('\n')}\n`);
    });

const RIGHT = ['t0 ms', 'tw ms', 'tw0 ms', 'ttok us', 'tkv us', 'tatt ns', 'tseq us', 'KV tokens', 'W idle/B~8/max'];

const linesOf = (shown: readonly Profile[]): readonly string[] => [
  ...textTable(
    [
      { title: 'profile', align: 'left' },
      { title: 'grade', align: 'left' },
      ...RIGHT.map((title) => ({ title, align: 'right' }) as const),
    ],
    shown.map(({ id, grade, step, kvTokens, power }) => [
      id,
      grade,
      ...[
        step.baseMs,
        step.weightsMs,
        step.computeBaseMs,
        step.tokenUs,
        step.contextTokenUs,
        step.attentionPairNs,
        step.sequenceUs,
      ].map((value) => String(Number(value.toPrecision(3)))),
      String(kvTokens),
      power === null ? '-' : `${power.idleW}/${power.smallBatchW}/${power.maxW}`,
    ]),
  ),
  '',
  ...shown.flatMap(sourcesOf),
];

const sourcesOf = ({ id, grade, source, step, power, devices, interconnect }: Profile): readonly string[] => [
  `${id} (${grade}): ${source}`,
  ...(power === null ? [] : [`    power: ${power.source}`]),
  ...(interconnect === null
    ? []
    : [
        `    ${devices === 1 ? 'one device' : `${devices} devices`}; all-reduce ${interconnect.busGBs} GB/s, ${interconnect.latencyUs} us: ${interconnect.source}`,
      ]),
  ...(step.collectiveBaseMs + step.collectiveTokenUs === 0
    ? []
    : [`    collectives: tc0 ${step.collectiveBaseMs.toFixed(2)} ms, tc ${step.collectiveTokenUs.toFixed(2)} us`]),
];
