import type { Imported } from '../../../../netem/links/trace/importer.ts';
import { importRecording } from '../../../../netem/links/trace/importers.ts';

/** The recording in `text`, as a scenario that only names its file reads it. */
export const recordingFrom = (
  text: string,
  {
    format = 'auto',
    windowMs = null,
    leastOneWayUs = 0,
  }: { readonly format?: string; readonly windowMs?: number | null; readonly leastOneWayUs?: number } = {},
): Imported => importRecording(text, format, { file: 'x.txt', windowMs, leastOneWayUs });

/** The states of both directions, without what is the same in all. */
export const briefly = ({ up, down }: Imported): unknown =>
  [up, down].map(({ states }) =>
    states.map((state) => (state.up ? [state.delayUs, state.jitterUs, state.lossRate] : 'down')),
  );
