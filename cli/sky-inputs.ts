import { ConfigError } from '../core/config/config-error.ts';
import type { Ms } from '../core/time/clock.ts';
import { utcText } from '../core/time/utc-text.ts';
import { remarksOnElements } from '../netem/sky/orbit/remarks-on-elements.ts';
import type { NamedPoint } from '../report/links/ground-point.ts';
import { betweenEnds, gatewayStops } from '../report/sky/routes.ts';
import { scenarioView } from '../report/sky/scenario-view.ts';
import type { Drawn } from '../report/sky/sky-text.ts';
import type { SkyView } from '../report/sky/sky-view.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { type PathsInputs, placeOf, type SkyOptions, skyOf } from './paths-inputs.ts';

/** The options of `sky`. */
export interface SkyCommandOptions extends Partial<SkyOptions> {
  readonly at: { readonly runS: number } | { readonly unixMs: number };
  readonly path?: string;
  readonly from?: string;
  readonly to?: string;
  readonly satellites: Drawn;
  readonly gateways: boolean;
  readonly width?: number;
  readonly medium?: 'laser' | 'bent-pipe';
  readonly stretch?: number;
}

/** What the options mean, and the run time to look at. Throws `ConfigError`. */
export const skyViewOf = (file: string | undefined, options: SkyCommandOptions): LookedAt => {
  const looked = file === undefined ? withoutScenario(options) : inScenario(file, options);
  if (!options.gateways) return looked;
  const { view } = looked;
  return { ...looked, view: { ...view, places: [...gatewayStops(view.watch), ...view.places] } };
};

interface LookedAt {
  readonly view: SkyView;
  readonly atMs: Ms;
}

const inScenario = (file: string, options: SkyCommandOptions): LookedAt => {
  for (const key of ONLY_WITHOUT) {
    if (options[key] === undefined) continue;
    throw new ConfigError(`--${key}`, `has no meaning with a scenario: ${file} says it`);
  }
  const scenario = readScenario(file);
  const atMs = atMsOf(options, scenario.epochUnixMs);
  return { view: scenarioView(scenario, options, atMs), atMs };
};

const ONLY_WITHOUT = ['constellation', 'mode', 'medium', 'phasing', 'choice', 'epoch', 'stretch'] as const;

const withoutScenario = (options: SkyCommandOptions): LookedAt => {
  const { constellation = 'starlink-s1', path, medium = 'laser', stretch = 1.4 } = options;
  if (path !== undefined) throw new ConfigError('--path', 'names a path of a scenario, but there is no scenario');
  if ((options.from === undefined) !== (options.to === undefined)) {
    throw new ConfigError(options.from === undefined ? '--from' : '--to', 'is missing; expected both ends of a path');
  }
  const sky = skyOf({ ...options, constellation });
  const { watch, epochUnixMs } = sky;
  const atMs = atMsOf(options, epochUnixMs);
  const ends = [options.from, options.to].flatMap((text, index) =>
    text === undefined ? [] : [placeOf(text, index === 0 ? '--from' : '--to')],
  );
  const [from, to] = ends;
  const inputs = {
    title: from === undefined || to === undefined ? 'the sky' : `${from.name} – ${to.name}`,
    subtitle: `${constellation}, ${medium}; time 0 is ${utcText(epochUnixMs)}`,
    remarks: remarksOnElements(sky.chosen.config, epochUnixMs + atMs),
    watch,
  };
  return { view: viewBetween(inputs, ends, medium, stretch), atMs };
};

/** The inputs of `paths` as a view. */
export const viewOfPaths = (inputs: PathsInputs, medium: 'laser' | 'bent-pipe', stretch: number): SkyView => {
  const { watch, title, subtitle, remarks, from, to } = inputs;
  return viewBetween({ watch, title, subtitle, remarks }, [from, to], medium, stretch);
};

/** A path between two ends, or the sky without one. */
const viewBetween = (
  inputs: Pick<SkyView, 'watch' | 'title' | 'subtitle' | 'remarks'>,
  ends: readonly NamedPoint[],
  medium: 'laser' | 'bent-pipe',
  stretch: number,
): SkyView => {
  const { watch } = inputs;
  const places = ends.map((place) => ({ kind: 'site', ...place, site: watch.sky.site(place) }) as const);
  const [from, to] = places;
  const stopsAt = from === undefined || to === undefined ? null : betweenEnds(watch, medium, from, to);
  return { ...inputs, stopsAt, places, stretch };
};

const atMsOf = ({ at }: SkyCommandOptions, epochUnixMs: number): Ms =>
  'runS' in at ? at.runS * 1000 : at.unixMs - epochUnixMs;
