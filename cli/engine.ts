import { type Command, InvalidArgumentError, Option } from 'commander';
import { checkOutput } from '../core/config/io/output.ts';
import { readText } from '../core/config/io/read-text.ts';
import { parseLoadSeries } from '../report/engine/load-series.ts';
import { replay } from '../report/engine/replay.ts';
import { type ReplayReport, replayReport, replayTable } from '../report/engine/replay-report.ts';
import { comparisonOf } from '../report/engine/replay-statistics.ts';
import { parseRequests } from '../report/engine/request-rows.ts';
import { textTable } from '../report/text-table.ts';
import { withDataParallel } from '../services/node/engine/data-parallel.ts';
import { limitsSchema } from '../services/node/engine/limits.ts';
import type { Profile } from '../services/node/engine/profile.ts';
import type { ServerDefaults } from '../services/node/engine/server-defaults.ts';
import { noiseSchema, noNoise } from '../services/node/engine/step-noise.ts';
import { withTensorParallel } from '../services/node/engine/tensor-parallel.ts';
import { profileFrom } from './io/profile-file.ts';
import { writeText } from './io/write-text.ts';
import { seedNumber, wholeFrom } from './run-options.ts';

interface EngineCommandOptions {
  readonly profile: string;
  readonly requests: string;
  readonly kvTokens?: number;
  readonly tp?: number;
  readonly dp?: number;
  readonly maxNumSeqs?: number;
  readonly maxNumBatchedTokens?: number;
  readonly ingest: number;
  readonly overhead: number;
  readonly order: 'arrival' | 'priority';
  readonly async: boolean;
  readonly prefixCaching: boolean;
  readonly noise: boolean;
  readonly seed: number;
  readonly series?: string;
  readonly plot?: string;
  readonly json: boolean;
}

const HELP = `
Requests, one JSON object a line, in any order; other keys are left alone:
  input_toks, output_toks        tokens of prompt and answer (also prompt_tokens, output_tokens)
  arrival_time                   seconds of any clock (also arrival_time_ns)
  queued_ts, first_token_ts, last_token_ts
                                 seconds, where a real server was measured: then the errors are printed
  input_tok_ids                  the prompt, so that prompts which begin alike find each other's KV blocks

Figures:
  TTFT  first token minus the instant at which the engine had the request in its queue (queued_ts), as vLLM counts
  E2E   last token minus that instant
  TPOT  (last - first token) / (tokens - 1); an answer of one token has none
  Where a measured file has no queued_ts, TTFT and E2E count from arrival, in both columns. "From arrival" adds what came
  before the queue; where arrivals have another clock than the server, the request that was queued soonest is taken to have
  needed --ingest. Quantiles are linear between ranks, as NumPy's.

Profiles: a name (see "starlane profiles"), or a YAML or JSON file with either
  id, grade, source, kvTokens, step: { baseMs, weightsMs, tokenUs, contextTokenUs, attentionPairNs, sequenceUs, ... }
  id, derive: { parametersB, layers, hiddenSize, weightGB, kvBytesPerToken, memoryGB, bandwidthGBs, tflops }

--tp N divides a profile's weights, arithmetic, attention and cache by N over those it has, and adds two all-reduces a layer
over its interconnect; the result has grade C. --dp N has N such replicas behind one endpoint, with a cache each: a request goes to
the one with the least of 4 times its waiting and its running ones, as in vLLM.

--json prints one object: { profile, settings, requests, refused, preemptions, prefixCache, simulated, measured, errorPercent,
worstErrorPercent }; ttft, tpot, e2e, arrivalTtft and arrivalE2e each have mean, p50, p90 and p99 in ms.

Examples:
  starlane engine --profile rtx4090-llama8b --requests test/golden/vllm-rtx4090/requests.jsonl
  starlane engine --profile h100-llama8b --requests mine.jsonl --kv-tokens 300000 --plot replay.svg --json`;

export const engineCommand = (command: Command): Command =>
  command
    .requiredOption('--profile <name|file>', 'device and model')
    .requiredOption('--requests <file>', 'requests, JSON lines')
    .option(
      '--kv-tokens <n>',
      'tokens of context that the KV cache holds, instead of the profile’s',
      wholeFrom(16, 1e9),
    )
    .option('--tp <n>', 'devices that share the model, instead of the profile’s', wholeFrom(1, 64))
    .option('--dp <n>', 'replicas of the model, each on devices of its own', wholeFrom(1, 64))
    .option('--max-num-seqs <n>', 'sequences that run at one time, instead of the profile’s', wholeFrom(1, 65_536))
    .option(
      '--max-num-batched-tokens <n>',
      'tokens that one step may compute, instead of the profile’s',
      wholeFrom(1, 1e9),
    )
    .option('--ingest <ms>', 'what a request costs before the engine knows of it', atLeastZero, 2)
    .option('--overhead <share>', 'how much longer steps take than on bare metal: 0.06 for 6 %', atLeastZero, 0)
    .addOption(
      new Option('--order <order>', 'who is admitted first').choices(['arrival', 'priority']).default('arrival'),
    )
    .option('--no-async', 'plan a step only when the one before it has ended')
    .option('--no-prefix-caching', 'never use KV blocks of another prompt')
    .option('--no-noise', 'steps take exactly what the formula says')
    .option('-s, --seed <n>', 'the seed of the noise', seedNumber, 1)
    .option('--series <file.csv>', 'what was measured over time: t, running, waiting, kv_cache_pct; for --plot')
    .option('--plot <file.svg>', 'draw the distributions, and the load over time')
    .option('--json', 'print one JSON object and nothing else', false)
    .addHelpText('after', HELP)
    .action(async (options: EngineCommandOptions) => {
      if (options.plot !== undefined) checkOutput(options.plot, '--plot');
      const own = profileFrom(options.profile, '--profile');
      const split = options.tp === undefined ? own : withTensorParallel(own, options.tp, '--tp');
      const profile = options.dp === undefined ? split : withDataParallel(split, options.dp, '--dp');
      const { report, picture } = replayed(profile, options);
      if (options.plot !== undefined) {
        const { replaySvg } = await import('../report/engine/replay-svg.ts');
        writeText(options.plot, replaySvg(picture));
      }
      process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : textOf(report).join('\n')}\n`);
      if (!options.json && options.plot !== undefined) process.stdout.write(`Wrote ${options.plot}\n`);
    });

const replayed = (profile: Profile, options: EngineCommandOptions) => {
  const { ingest: ingestMs, overhead, seed, kvTokens = profile.kvTokens } = options;
  const rows = parseRequests(readText(options.requests, 'requests, one JSON object a line'), options.requests);
  const measuredSeries =
    options.series === undefined ? null : parseLoadSeries(readText(options.series, 'CSV of a run'), options.series);
  const { maxNumSeqs, maxNumBatchedTokens } = { ...profile.server, ...given(options) };
  const limits = limitsSchema.parse({
    maxNumSeqs,
    maxNumBatchedTokens,
    maxWaiting: rows.length, // vLLM lets all of them wait
    ...(options.kvTokens === undefined ? {} : { kvTokens }),
    order: options.order,
    asyncScheduling: options.async,
    prefixCaching: options.prefixCaching,
  });
  const noise = options.noise ? noiseSchema.parse({}) : noNoise;
  const run = replay(rows, { profile, limits, noise, ingestMs, overhead, seed });
  const comparison = comparisonOf(rows, run.served, ingestMs);
  const { order, asyncScheduling, prefixCaching } = limits;
  const settings = { maxNumSeqs, maxNumBatchedTokens, order, asyncScheduling, prefixCaching, ingestMs, overhead, seed };
  const report = replayReport({ profile, kvTokens, settings, replay: run, comparison });
  const subtitle = `${rows.length} requests, ${kvTokens} KV tokens; profile of grade ${profile.grade}`;
  return { report, picture: { title: profile.id, subtitle, comparison, series: run.series, measuredSeries } };
};

/** The limits of a step that the command line has. */
const given = ({ maxNumSeqs, maxNumBatchedTokens }: EngineCommandOptions): Partial<ServerDefaults> => ({
  ...(maxNumSeqs !== undefined && { maxNumSeqs }),
  ...(maxNumBatchedTokens !== undefined && { maxNumBatchedTokens }),
});

const textOf = (report: ReplayReport): readonly string[] => {
  const { profile, settings, requests, refused, preemptions, prefixCache, worstErrorPercent } = report;
  const { columns, rows } = replayTable(report);
  const refusals = Object.entries(refused).map(([reason, count]) => `${count} refused (${reason})`);
  return [
    `${profile.id}, grade ${profile.grade}: ${profile.source}`,
    `${profile.kvTokens} KV tokens${profile.replicas === 1 ? '' : ` in each of ${profile.replicas} replicas`}, ${settings.maxNumBatchedTokens} tokens and ${settings.maxNumSeqs} sequences a step, ingest ${settings.ingestMs} ms, seed ${settings.seed}`,
    '',
    ...textTable(columns, rows),
    '',
    [
      `${requests} requests`,
      ...refusals,
      `${preemptions} preemptions`,
      `${prefixCache.hits} prompt tokens from the prefix cache`,
    ].join(', '),
    ...(worstErrorPercent === null ? [] : [`Largest error of TTFT, TPOT and E2E: ${worstErrorPercent.toFixed(2)} %`]),
  ];
};

function atLeastZero(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1e6))
    throw new InvalidArgumentError('Expected a number from 0 to 1000000.');
  return value;
}
