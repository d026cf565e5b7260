import type { Command } from 'commander';
import { textTable } from '../report/text-table.ts';
import { bandPercentOf, type Profile } from '../services/node/engine/profile.ts';
import { profiles } from '../services/node/engine/profiles.ts';
import { profileFrom } from './io/profile-file.ts';

const HELP = `
A step takes  t0 + max(tw + tokens * twtok, tw0 + tokens * ttok) + context * tkv + pairs * tatt + sequences * tseq
              [+ tc0 + tokens * tc between devices] [+ hit * texp + tokens * tmoe for experts]
Beside a prefill, a decode costs tkvm for tkv and tdec + chunk * tpad more. A context shorter than the longest costs a share
(skew) of the difference. Those are listed below the table, where not 0.

Grades: A  checked end to end against a real run
        B  from measured operators or measured inter-token latency
        C  scaled from a datasheet or from other devices; errs by 25 to 35 %
The band is how far times may be from those of a real server. Tokens and sequences a step are the defaults of the server.

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

const sourcesOf = (profile: Profile): readonly string[] => {
  const { id, grade, source, step, power, devices, interconnect, server, maxModelLen, replicas } = profile;
  const model = maxModelLen === null ? '' : `; the model takes ${maxModelLen} tokens`;
  return [
    `${id} (${grade}): ${source}`,
    `    band ${bandPercentOf(profile)} %; ${server.maxNumBatchedTokens} tokens and ${server.maxNumSeqs} sequences a step${model}`,
    ...smallTermsOf(step),
    ...(power === null ? [] : [`    power: ${power.source}`]),
    ...(interconnect === null
      ? []
      : [
          `    ${devices === 1 ? 'one device' : `${devices} devices`}${replicas === 1 ? '' : `, ${replicas} replicas with a cache each`}; all-reduce ${interconnect.busGBs} GB/s, ${interconnect.latencyUs} us: ${interconnect.source}`,
        ]),
    ...(step.collectiveBaseMs + step.collectiveTokenUs === 0
      ? []
      : [`    collectives: tc0 ${step.collectiveBaseMs.toFixed(2)} ms, tc ${step.collectiveTokenUs.toFixed(2)} us`]),
  ];
};

/** The coefficients that most profiles do not have. */
const smallTermsOf = (step: Profile['step']): readonly string[] => {
  const { weightsTokenUs, contextSkew, mixedContextTokenUs, mixedDecodeUs, mixedPaddingNs, experts } = step;
  const terms = [
    ...(weightsTokenUs === 0 ? [] : [`twtok ${weightsTokenUs} us`]),
    ...(contextSkew === 0 ? [] : [`skew ${contextSkew}`]),
    ...(mixedContextTokenUs === undefined ? [] : [`tkvm ${mixedContextTokenUs} us`]),
    ...(mixedDecodeUs === 0 ? [] : [`tdec ${mixedDecodeUs} us`]),
    ...(mixedPaddingNs === 0 ? [] : [`tpad ${mixedPaddingNs} ns`]),
    ...(experts === null
      ? []
      : [
          `${experts.perToken} of ${experts.total} experts a token, ${experts.local} on a device, texp ${experts.readMs} ms, tmoe ${experts.tokenUs} us`,
        ]),
  ];
  return terms.length === 0 ? [] : [`    ${terms.join(', ')}`];
};
