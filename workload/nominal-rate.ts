import { seededRng } from '../core/random/rng.ts';
import type { ClassConfig } from './kind/registry.ts';
import { LoadClass, loadClasses } from './load-class.ts';
import { usualSession } from './usual-session.ts';

/**
 * How many requests a second so many users send if each answer just meets objectives of a second and 50 ms a token. A closed loop has no
 * rate of its own: this one is for what is said before a run, and for its progress.
 */
export const nominalRatePerS = (load: {
  readonly users: number;
  readonly classes?: Readonly<Record<string, ClassConfig>> | undefined;
  readonly maxOutputTokens: number;
}): number => {
  const classes = [...loadClasses(load.classes)].map(
    ([name, config]) =>
      new LoadClass(name, config, {
        maxOutputTokens: load.maxOutputTokens,
        objectives: { ttftMs: 1000, tpotMs: 50 },
        trace: USUAL_REQUEST,
        rng: seededRng(''),
      }),
  );
  const total = classes.reduce((sum, { config }) => sum + config.share, 0);
  const perS = (of: LoadClass): number => {
    const { requests, cycleMs } = usualSession(of);
    return (1000 * requests) / Math.max(cycleMs, requests);
  };
  const eachPerS = classes.reduce((sum, of) => sum + (of.config.share / total) * perS(of), 0);
  return Number((load.users * eachPerS).toPrecision(3));
};

/** About the mean of the conversations in the bundled trace, for classes whose lengths are those of a trace. */
const USUAL_REQUEST = {
  arrivalS: Float64Array.of(0),
  promptTokens: Int32Array.of(1000),
  outputTokens: Int32Array.of(200),
  ...{ sessions: null, blocks: null, remarks: [] },
};
