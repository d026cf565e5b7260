import { eachLine, quotedValue } from '../../../core/text/text-lines.ts';
import { type Importer, mistakesIn, tellingLines } from './importer.ts';
import { ProbeList } from './probes.ts';
import { recordingOfProbes } from './recording-of-probes.ts';

/**
 * A delay trace of LeoReplayer: each line is the one-way delay, in milliseconds, during 10 ms, the same in both directions. It is
 * played line by line unless a longer window is asked for. Source: SpaceNetLab/LeoCC, traces/README.md.
 */
export const delayTrace: Importer = {
  name: 'leoreplayer-delay',
  what: 'a delay trace of LeoReplayer (a one-way delay in ms each line)',
  recognises: (start) => {
    const lines = tellingLines(start).slice(0, -1); // the last may be cut
    const delays = (lines.length === 0 ? tellingLines(start) : lines).map(Number);
    return delays.length > 0 && delays.every((delayMs) => delayMs >= 0 && delayMs <= MOST_MS);
  },
  read: (text, options) => {
    const mistakeAt = mistakesIn(options.file);
    const probes = new ProbeList();
    let blankAt: number | null = null;
    eachLine(text, (line, number) => {
      const cell = line.trim();
      if (cell === '') {
        blankAt ??= number;
        return;
      }
      if (blankAt !== null) throw mistakeAt(blankAt, 'is blank, expected a delay: each line is 10 ms');
      const delayMs = Number(cell);
      if (!(delayMs > 0 && delayMs <= MOST_MS))
        throw mistakeAt(
          number,
          `is ${quotedValue(cell)}, expected a one-way delay in ms, more than 0 and at most ${MOST_MS}`,
        );
      const atMs = probes.length * STEP_MS;
      probes.add({ atMs, fate: 'answered', rttMs: 2 * delayMs, upMs: delayMs, downMs: delayMs });
    });
    if (probes.length === 0) throw mistakeAt(1, 'has no lines, expected a delay in ms on each');
    const { up, remarks } = recordingOfProbes(probes, options, STEP_MS);
    return { up, down: up, remarks };
  },
};

const STEP_MS = 10;

/** A one-way delay of over ten seconds is a time, not a delay. */
const MOST_MS = 10_000;
