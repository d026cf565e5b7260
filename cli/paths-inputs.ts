import { dirname, resolve } from 'node:path';
import { ConfigError } from '../core/config/config-error.ts';
import { readText } from '../core/config/io/read-text.ts';
import { utcText } from '../core/time/utc-text.ts';
import { PRESET_NAMES } from '../netem/sky/orbit/presets.ts';
import { remarksOnElements } from '../netem/sky/orbit/remarks-on-elements.ts';
import { fibreDelayUs } from '../netem/sky/path/fibre-delay.ts';
import { greatCircleKm } from '../netem/sky/path/great-circle.ts';
import { bentPipeWay } from '../report/links/bent-pipe-way.ts';
import { cityNamed } from '../report/links/city.ts';
import { constellationChoice, isPreset } from '../report/links/constellation-choice.ts';
import { groundPointIn, type NamedPoint } from '../report/links/ground-point.ts';
import { allCities } from '../report/links/io/cities.ts';
import { laserWay } from '../report/links/laser-way.ts';
import { fibreSamples, type SampleAt, type Span, spaceSamples, stepsIn } from '../report/links/path-samples.ts';
import { type SkyWatch, skyWatch } from '../report/links/sky-watch.ts';

type Medium = 'laser' | 'fibre' | 'bent-pipe';

/** The options that say which satellites there are, and when. */
export interface SkyOptions {
  readonly constellation: string;
  readonly mode?: 'parity' | 'physical';
  readonly phasing?: number;
  readonly choice?: 'held' | 'shortest';
  /** Unix milliseconds of time 0. */
  readonly epoch?: number;
}

/** The options of `paths`. */
export interface PathsOptions extends SkyOptions {
  readonly from: string;
  readonly to: string;
  /** Seconds, as the duration. */
  readonly start: number;
  readonly duration: number;
  readonly step: number;
  readonly medium: Medium;
  readonly stretch: number;
  readonly watch: boolean;
  readonly speed: number;
  readonly width?: number;
  readonly json: boolean;
  readonly plot?: string;
  readonly map?: string;
}

/** The options, read and checked. */
export interface PathsInputs {
  readonly from: NamedPoint;
  readonly to: NamedPoint;
  readonly title: string;
  readonly subtitle: string;
  /** What to know of the elements; none for shells. */
  readonly remarks: readonly string[];
  readonly span: Span;
  readonly watch: SkyWatch;
  readonly sampleAt: SampleAt;
  readonly fibreMs: number;
}

/** Reads and checks all that the options name. Throws `ConfigError`. */
export const inputsOf = (options: PathsOptions): PathsInputs => {
  const { constellation: name, medium, stretch } = options;
  const span = { startMs: Math.round(options.start * 1000), durationMs: options.duration * 1000, stepMs: options.step };
  if (stepsIn(span) > MOST_STEPS) {
    throw new ConfigError('--step', `is ${span.stepMs} ms: ${stepsIn(span)} steps, expected at most ${MOST_STEPS}`);
  }
  const [from, to] = [placeOf(options.from, '--from'), placeOf(options.to, '--to')];
  const { chosen, epochUnixMs, watch } = skyOf(options);
  const circleKm = greatCircleKm(from, to);
  const fibreUs = fibreDelayUs(circleKm, stretch);
  const model = chosen.config.parity === 'hypatia' ? 'parity with Hypatia' : `${chosen.config.choice} paths`;
  return {
    from,
    to,
    title: `${from.name} – ${to.name}`,
    subtitle: [
      `${name}, ${medium}, ${model}`,
      `${circleKm.toFixed(0)} km on the great circle`,
      `from ${utcText(epochUnixMs + span.startMs)}`,
    ].join('; '),
    remarks: remarksOnElements(chosen.config, epochUnixMs + span.startMs),
    span,
    watch,
    sampleAt: samplesOf(medium, watch, from, to, fibreUs),
    fibreMs: (2 * fibreUs) / 1000,
  };
};

/** The sky that the options mean. Throws `ConfigError`. */
export const skyOf = ({ constellation: name, mode, phasing, choice, epoch }: SkyOptions) => {
  const chosen = constellationChoice({
    name,
    ...(isPreset(name) ? {} : { fileText: readText(name, CONSTELLATION) }),
    textOf: (named) => readText(resolve(dirname(name), named), 'elements'),
    ...(mode === undefined ? {} : { mode }),
    ...(phasing === undefined ? {} : { phasing }),
    ...(choice === undefined ? {} : { choice }),
  });
  const epochUnixMs = epoch ?? chosen.epochUnixMs;
  return { chosen, epochUnixMs, watch: skyWatch({ constellation: chosen.config, epochUnixMs }) };
};

/** A bound on memory, far above any real need: a day at 50 ms. */
const MOST_STEPS = 2_000_000;

const CONSTELLATION = `one of ${PRESET_NAMES.join(', ')}, or a file of elements (TLE, OMM) or YAML`;

export const placeOf = (text: string, option: string): NamedPoint =>
  groundPointIn(text, option) ?? cityNamed(text, option, allCities());

const samplesOf = (medium: Medium, watch: SkyWatch, from: NamedPoint, to: NamedPoint, fibreUs: number): SampleAt => {
  if (medium === 'fibre') return fibreSamples(fibreUs);
  const way = medium === 'laser' ? laserWay : bentPipeWay;
  return spaceSamples(way(watch, watch.sky.site(from), watch.sky.site(to)));
};
