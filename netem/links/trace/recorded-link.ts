import { US_PER_MS } from '../../../core/units.ts';
import { earliest } from '../model/earliest.ts';
import type { LinkModel } from '../model/link-model.ts';
import { importRecording } from './importers.ts';
import { rateRecording } from './rate-trace.ts';
import type { RecordingConfig } from './recording-schema.ts';
import { leastDelayUs, type Recording, traceLink, usualLink } from './trace-link.ts';

/** One direction of a path as it was measured. */
export interface RecordedLink {
  readonly link: LinkModel;
  /** What a forecast expects of it. */
  readonly usual: LinkModel;
  /** Nothing crosses in less. */
  readonly leastUs: number;
}

/** Both directions of a path as they were measured: `up` leads away from who measured. */
export interface RecordedLinks {
  readonly up: RecordedLink;
  readonly down: RecordedLink;
  /** What to know of the recording, a line each. */
  readonly remarks: readonly string[];
}

/**
 * The links of a recording. `textOf` gives the files that it names; nothing crosses faster than `leastOneWayUs`.
 * @throws ConfigError with the line of the first mistake in a file.
 */
export const recordedLinks = (
  config: RecordingConfig,
  { textOf, leastOneWayUs }: { readonly textOf: (file: string) => string; readonly leastOneWayUs: number },
): RecordedLinks => {
  if (config.kind === 'trace') {
    const { file, format, windowMs } = config;
    const { up, down, remarks } = importRecording(textOf(file), format, { file, windowMs, leastOneWayUs });
    return { up: played(up), down: played(down), remarks };
  }
  const delayUs = ((config.rttMs ?? 0) / 2) * US_PER_MS;
  const [up, down] = [config.up, config.down].map((file) => rateRecording(textOf(file), { file, delayUs }));
  const remarks = [...up!.remarks, ...(config.up === config.down ? [] : down!.remarks)];
  const { delay: file } = config;
  if (file === undefined) return { up: played(up!.recording), down: played(down!.recording), remarks };
  const delays = importRecording(textOf(file), 'leoreplayer-delay', { file, windowMs: null, leastOneWayUs });
  return {
    up: delayed(played(up!.recording), played(delays.up)),
    down: delayed(played(down!.recording), played(delays.down)),
    remarks: [...remarks, ...delays.remarks],
  };
};

const played = (recording: Recording): RecordedLink => ({
  link: traceLink(recording),
  usual: usualLink(recording),
  leastUs: leastDelayUs(recording),
});

/** The rates and interruptions of one recording with the delays of another; each repeats at its own end. */
const delayed = (rates: RecordedLink, delays: RecordedLink): RecordedLink => {
  const both = (a: LinkModel, b: LinkModel): LinkModel => ({
    stateAt: (atMs) => {
      const { delayUs, jitterUs } = b.stateAt(atMs);
      return { ...a.stateAt(atMs), delayUs, jitterUs };
    },
    nextChangeAfter: (afterMs) => earliest(a.nextChangeAfter(afterMs), b.nextChangeAfter(afterMs)),
  });
  return {
    link: both(rates.link, delays.link),
    usual: both(rates.usual, delays.usual),
    leastUs: delays.leastUs,
  };
};
