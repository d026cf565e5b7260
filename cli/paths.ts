import { type Command, Option } from 'commander';
import { ConfigError } from '../core/config/config-error.ts';
import { checkOutput } from '../core/config/io/output.ts';
import { PRESET_NAMES } from '../netem/sky/orbit/presets.ts';
import { type PathSample, pathSamples, sampleLine } from '../report/links/path-samples.ts';
import { stepTable, summaryTable } from '../report/links/path-tables.ts';
import { PathTrace } from '../report/links/path-trace.ts';
import { textPlot } from '../report/links/text-plot.ts';
import { textTable } from '../report/text-table.ts';
import { writeLines } from './io/line-output.ts';
import { writeText } from './io/write-text.ts';
import { inputsOf, type PathsInputs, type PathsOptions } from './paths-inputs.ts';
import { epochOf, secondsOrZero, speedOf, stepMs, stretchOf } from './paths-options.ts';
import { seconds, wholeFrom } from './run-options.ts';
import { viewOfPaths } from './sky-inputs.ts';

const HELP = `
What is printed is geometry at the speed of light: no queues, no equipment, and none of what terminals add. A scenario has
those; see "starlane links".

Places:
  LAT,LON in decimal degrees, north and east positive (--from=-33.92,18.42), or a city: "New York", "London, GB". Case and
  accents do not count; of several cities of a name the most populous is meant.

Modes:
  physical  circular orbits at the altitude of the shell, a true elevation mask, WGS84. Each step takes the shortest path
            of all; with --choice held, the two end satellites are chosen at :12 :27 :42 :57 and held for 15 s.
  parity    what the simulator Hypatia computes, errors and all, from 2000-01-01: starlink-s1, kuiper-k1, telesat-t1.

Media:
  laser      up, over laser links between satellites, down
  bent-pipe  up to a satellite and down, without lasers; where no satellite sees both ends, over the gateway stations that
             Starlink had about 2023, up and down again as often as it takes; lists of elements and oneweb have this only
  fibre      the great circle, --stretch times as long, in glass: constant

Watching (--watch):
  On a terminal the map of "starlane sky" is drawn again each second: the satellites, the path with the time of each leg, the next
  slot and the next hand-over. Elsewhere each change of the path is one line. Time begins at --start and passes --speed times as
  fast as on the wall clock, until Ctrl-C or, if you give one, for --duration.

JSON lines (--json), one a step:
  {"tMs":0,"rttNs":29423137.758,"hops":[184,183,217]}
  tMs    milliseconds since the epoch        rttNs  round trip in nanoseconds, null when there is no way
  hops   satellites in order, without the gateways that stand between any two of a bent pipe,
         numbered from 0 through all shells and planes of the constellation

Examples:
  starlane paths --from "New York" --to London --duration 10m
  starlane paths --constellation starlink-gen1 --from London --to Johannesburg --plot rtt.svg --map path.svg
  starlane paths --from "New York" --to London --choice held --watch --speed 5
  starlane paths --constellation kuiper-k1 --mode parity --from 14.6042,120.9822 --to 38.913811,121.602322 \\
    --duration 200 --step 100 --json`;

export const pathsCommand = (command: Command): Command =>
  command
    .option(
      '-c, --constellation <name|file>',
      `${PRESET_NAMES.join(', ')}, a file of elements (TLE, 3LE, OMM as CSV or JSON), or YAML with the keys of network.constellation`,
      'starlink-s1',
    )
    .addOption(new Option('-m, --mode <mode>', 'what is computed (default: physical)').choices(['parity', 'physical']))
    .requiredOption('--from <place>', 'LAT,LON or a city')
    .requiredOption('--to <place>', 'LAT,LON or a city')
    .option('--start <time>', 'the first step, after the epoch: 90, 90s, 10m, 2h', secondsOrZero, 0)
    .option('-d, --duration <time>', 'for how long: 90, 90s, 10m, 2h', seconds, 300)
    .option('--step <ms>', 'milliseconds between steps', stepMs, 1000)
    .addOption(
      new Option('--medium <medium>', 'what the path is made of')
        .choices(['laser', 'fibre', 'bent-pipe'])
        .default('laser'),
    )
    .option(
      '--phasing <F>',
      'Walker phasing of every shell; the true one of Starlink is not public',
      wholeFrom(0, 1_000_000),
    )
    .addOption(
      new Option('--choice <choice>', 'how satellites are chosen (default: shortest)').choices(['held', 'shortest']),
    )
    .option(
      '--epoch <iso>',
      'the instant of time 0, UTC (default: 2026-01-01T00:00:00Z; parity 2000-01-01; elements their newest)',
      epochOf,
    )
    .option('--stretch <n>', 'how many times as long as the great circle fibre is', stretchOf, 1.4)
    .option('--watch', 'follow the path as time passes, on a map that is drawn again each second', false)
    .option('--speed <n>', 'with --watch: how much faster than the wall clock time passes', speedOf, 1)
    .option('--width <n>', 'with --watch: columns of the map (default: as the terminal allows)', wholeFrom(40, 400))
    .option('--json', 'print one JSON object a step and nothing else', false)
    .option('--plot <file.svg>', 'draw the round trip over time there')
    .option('--map <file.svg>', 'draw the path at the start over a world map there')
    .addHelpText('after', HELP)
    .action(async (options: PathsOptions, command: Command) => {
      if (options.watch) {
        await watch(options, command.getOptionValueSource('duration') !== 'default');
        return;
      }
      if (options.plot !== undefined) checkOutput(options.plot, '--plot');
      if (options.map !== undefined) checkOutput(options.map, '--map');
      const inputs = inputsOf(options);
      const trace = new PathTrace();
      const samples = pathSamples(inputs.sampleAt, inputs.span);
      if (options.json) {
        for (const remark of inputs.remarks) process.stderr.write(`starlane: ${remark}\n`);
        const kept = options.plot === undefined ? null : trace;
        if (!(await writeLines(jsonLines(samples, kept)))) return;
      } else {
        for (const sample of samples) trace.add(sample);
        process.stdout.write(`${reportOf(options, inputs, trace).join('\n')}\n`);
      }
      for (const file of await draw(options, inputs, trace)) if (!options.json) process.stdout.write(`Wrote ${file}\n`);
    });

/** Without a duration it goes on until Ctrl-C. */
const watch = async (options: PathsOptions, hasDuration: boolean): Promise<void> => {
  const { medium, stretch, duration, speed, width } = options;
  for (const key of ['json', 'plot', 'map'] as const) {
    if (options[key] !== undefined && options[key] !== false) throw new ConfigError(`--${key}`, 'excludes --watch');
  }
  if (medium === 'fibre')
    throw new ConfigError('--medium', 'is fibre, where nothing changes; expected laser or bent-pipe');
  const inputs = inputsOf(options);
  const { startMs } = inputs.span;
  const { watchView } = await import('./watch-view.ts');
  await watchView(viewOfPaths(inputs, medium, stretch), {
    startMs,
    untilMs: hasDuration ? startMs + duration * 1000 : Number.POSITIVE_INFINITY,
    speed,
    columns: width ?? null,
    drawn: 'auto',
  });
};

function* jsonLines(samples: Iterable<PathSample>, trace: PathTrace | null): Generator<string> {
  for (const sample of samples) {
    trace?.add(sample);
    yield sampleLine(sample);
  }
}

const reportOf = (options: PathsOptions, inputs: PathsInputs, trace: PathTrace): readonly string[] => {
  const { medium, stretch } = options;
  const { title, subtitle, remarks, span, fibreMs } = inputs;
  const steps = stepTable(trace, medium, fibreMs);
  const summary = summaryTable(trace, medium, fibreMs);
  const startS = span.startMs / 1000;
  return [
    title,
    subtitle,
    ...remarks,
    '',
    ...textTable(steps.columns, steps.rows),
    '',
    `${medium} RTT, ms, over time${medium === 'fibre' ? '' : ` (fibre ${fibreMs.toFixed(1)})`}`,
    ...textPlot({ values: trace.rttMs, startS, endS: startS + span.durationMs / 1000, reference: fibreMs }),
    '',
    ...textTable(summary.columns, summary.rows),
    '',
    `Geometry at the speed of light only. Fibre: ${stretch} times the great circle.`,
  ];
};

/** Draws the files asked for, and returns their names. The map and its data are loaded only then. */
const draw = async (options: PathsOptions, inputs: PathsInputs, trace: PathTrace): Promise<readonly string[]> => {
  const { plot, map, medium } = options;
  const { title, subtitle, from, to, span, watch, fibreMs, sampleAt } = inputs;
  if (plot !== undefined) {
    const { plotSvg } = await import('../report/links/plot-svg.ts');
    const { rttMs } = trace;
    writeText(plot, plotSvg({ title, subtitle, medium, rttMs, span, slots: watch.slots, fibreMs }));
  }
  if (map !== undefined) {
    const { mapSvg } = await import('../report/links/map-svg.ts');
    const { groundBelow } = await import('../report/links/satellite-ground.ts');
    const { hops } = sampleAt(span.startMs);
    writeText(map, mapSvg({ title, subtitle, from, to, hops, below: groundBelow(watch.at(span.startMs)) }));
  }
  return [plot, map].filter((file) => file !== undefined);
};
