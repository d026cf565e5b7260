import { type Command, InvalidArgumentError, Option } from 'commander';
import { PRESET_NAMES } from '../netem/sky/orbit/presets.ts';
import type { Drawn } from '../report/sky/sky-text.ts';
import { SkyLooker } from '../report/sky/sky-view.ts';
import { epochOf, secondsOrZero, stretchOf } from './paths-options.ts';
import { wholeFrom } from './run-options.ts';
import { type SkyCommandOptions, skyViewOf } from './sky-inputs.ts';
import { terminalLook } from './terminal-look.ts';

const HELP = `
The map is as wide as the terminal. Letters are the path: A and B its ends, a, b, ... its satellites from A on. Satellites are drawn
over the point below them. Times of legs are those of light alone: no queues, no equipment, none of what terminals add.

With a scenario, places are its sites, the path is the first that goes through space unless you name one, and satellites are those that
its runs use: with its seed, its failures, its steps. Without one, places are cities or LAT,LON, as in "starlane paths".

Text is ASCII unless the locale is UTF-8 (LC_ALL, LC_CTYPE, LANG); it has colours on a terminal only, and none with NO_COLOR.

Examples:
  starlane sky scenarios/atlantic.yaml --at 90
  starlane sky scenarios/atlantic.yaml --at 10m --path lagos/access
  starlane sky scenarios/atlantic.yaml --at 2026-01-01T06:00:00Z --from london --to johannesburg
  starlane sky --constellation kuiper-k1 --from Madrid --to "New York" --satellites all --width 160`;

export const skyCommand = (command: Command): Command =>
  command
    .argument('[file]', 'a scenario, a YAML file')
    .addOption(
      new Option('--at <time>', 'when: after the epoch (90, 90s, 10m, 2h), or an instant (2026-01-01T06:00:00Z)')
        .argParser(atOf)
        .default({ runS: 0 }, 'the epoch'),
    )
    .option('--path <name>', 'a path of the scenario, as in its log: NODE/laser or CLIENT/access')
    .option('--from <place>', 'a site of the scenario, or without one LAT,LON or a city')
    .option('--to <place>', 'the same')
    .addOption(
      new Option('--satellites <which>', 'which are drawn: auto is all, or near where they would hide the coasts')
        .choices(['auto', 'all', 'near'] satisfies readonly Drawn[])
        .default('auto'),
    )
    .option('--gateways', 'draw all gateway stations, and not only the one of the path', false)
    .option('--width <n>', 'columns of the map (default: the terminal, else 100)', wholeFrom(40, 400))
    .option('-c, --constellation <name|file>', `without a scenario: ${PRESET_NAMES.join(', ')}, elements, or YAML`)
    .addOption(new Option('-m, --mode <mode>', 'without a scenario: what is computed').choices(['parity', 'physical']))
    .addOption(
      new Option('--medium <medium>', 'without a scenario: over lasers or gateways').choices(['laser', 'bent-pipe']),
    )
    .option('--phasing <F>', 'without a scenario: Walker phasing of every shell', wholeFrom(0, 1_000_000))
    .addOption(
      new Option('--choice <choice>', 'without a scenario: how satellites are chosen').choices(['held', 'shortest']),
    )
    .option('--epoch <iso>', 'without a scenario: the instant of time 0, UTC', epochOf)
    .option('--stretch <n>', 'without a scenario: how many times as long as the great circle fibre is', stretchOf)
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, options: SkyCommandOptions) => {
      const { skyText } = await import('../report/sky/sky-text.ts'); // it has the coasts of the world, which no other command needs
      const { view, atMs } = skyViewOf(file, options);
      const { stdout, env } = process;
      const look = terminalLook(env, { isTerminal: stdout.isTTY });
      const columns = options.width ?? (stdout.isTTY && stdout.columns ? stdout.columns : 100);
      const lines = skyText(view, new SkyLooker(view).at(atMs), { ...look, columns, drawn: options.satellites });
      stdout.write(`${lines.join('\n')}\n`);
    });

function atOf(text: string): SkyCommandOptions['at'] {
  if (/^\d{4}-/.test(text)) return { unixMs: epochOf(text) };
  const runS = secondsOrZero(text);
  if (!Number.isFinite(runS)) throw new InvalidArgumentError('Expected a time such as 90, 90s, 10m or 2h.');
  return { runS };
}
