import fc from 'fast-check';
import { EngineRun } from './engine-run.ts';
import { type FuzzStep, fuzzSteps } from './fuzz-step.ts';
import type { Recordings } from './recordings.ts';
import { twisted } from './twisted.ts';

export interface EngineFuzz {
  readonly seed: number;
  /** How many runs of each of the six kinds. */
  readonly runs: number;
  readonly recordings: Recordings;
  readonly onRun?: (frames: number) => void;
}

const ROLES = ['server', 'client'] as const;

/** What is wrong, with the seed and the smallest run that shows it; null for nothing. */
export const engineFaults = ({ seed, runs, recordings, onRun = () => {} }: EngineFuzz): string | null => {
  const faultOf = (
    kind: string,
    steps: fc.Arbitrary<readonly FuzzStep[]>,
    play: (steps: readonly FuzzStep[]) => EngineRun,
  ) => {
    const property = fc.property(steps, (some) => {
      const run = play(some);
      run.end();
      onRun(run.frames);
      if (run.faults.length > 0) throw new Error(run.faults[0]);
    });
    const result = fc.check(property, { seed, numRuns: runs });
    if (!result.failed) return null;
    const [smallest] = result.counterexample as [readonly FuzzStep[]];
    const lines = smallest.map((step) => `  ${JSON.stringify(step)}`);
    return [`${kind}, seed ${seed}: ${String(result.errorInstance)}`, ...lines].join('\n');
  };
  for (const role of ROLES) {
    for (const isLegal of [true, false]) {
      const kind = `an engine as ${role} with a peer that ${isLegal ? 'keeps' : 'breaks'} the rules`;
      const fault = faultOf(kind, fuzzSteps(200, isLegal ? 0 : 25), (steps) => {
        const run = new EngineRun({ role, isLegal });
        for (const step of steps) if (!run.play(step)) break;
        return run;
      });
      if (fault !== null) return fault;
    }
    const frames = role === 'server' ? recordings.client : recordings.server;
    const fault = faultOf(
      `an engine as ${role} with a recording that was twisted`,
      fuzzSteps(frames.length, 8),
      (steps) => {
        const run = new EngineRun({ role, isLegal: false, isReplay: true });
        if (role === 'client') run.open(recordings.streams);
        for (const [index, frame] of frames.entries()) {
          const step = steps[index];
          run.replay(step === undefined ? frame : twisted([frame], step), step ?? { pick: 0, cutAt: 0 });
        }
        return run;
      },
    );
    if (fault !== null) return fault;
  }
  return null;
};
