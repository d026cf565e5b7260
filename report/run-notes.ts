import type { RunTally } from './run-tally.ts';
import type { RunFigures } from './summary-schema.ts';

/** Samples that a percentile needs at least. Source: MLPerf inference, early stopping at 99 % confidence. */
const SAMPLES = { p99: 662, 'p99.9': 6636 } as const;

/** What to know when using the figures of a run. */
export const runNotes = ({ nodes }: Pick<RunTally, 'nodes'>, { ttftMs, neverUp }: RunFigures): string[] => {
  const seen = ttftMs.n - ttftMs.censored;
  const weak = Object.entries(SAMPLES).filter(([, samples]) => seen < samples);
  return [
    ...weak.map(([percentile, samples]) => `${percentile} rests on ${seen} first tokens; it needs ${samples}`),
    ...nodes.lines(),
    ...neverUp.map((path) => `path ${path} was never up`),
  ];
};
