import { mean } from '../../core/stats/quantile.ts';
import type { PredictionFigures } from './prediction-errors.ts';

/** What a policy did at one utilisation with reports of one age, over seeds. */
export interface StalenessPoint {
  readonly policy: string;
  readonly utilisation: number;
  /** Null for reports as they usually come. */
  readonly ageMs: number | null;
  /** Means over seeds. */
  readonly figures: PredictionFigures;
}

/** The mean of each figure over seeds. */
export const meanFigures = (runs: readonly PredictionFigures[]): PredictionFigures => {
  const of = (figure: (run: PredictionFigures) => number): number => mean(runs.map(figure));
  return {
    errorP50Ms: of((run) => run.errorP50Ms),
    errorP90Ms: of((run) => run.errorP90Ms),
    biasMs: of((run) => run.biasMs),
    skill: of((run) => run.skill),
    ttftP99Ms: of((run) => run.ttftP99Ms),
  };
};

/** The points by what they are of. */
export class StalenessPoints {
  readonly all: readonly StalenessPoint[];

  constructor(all: readonly StalenessPoint[]) {
    this.all = all;
  }

  /** Throws for one that was not run. */
  at(policy: string, utilisation: number, ageMs: number | null): PredictionFigures {
    const point = this.all.find(
      (each) => each.policy === policy && each.utilisation === utilisation && each.ageMs === ageMs,
    );
    if (point === undefined) throw new Error(`${policy} was not run at ${utilisation} with reports of ${ageMs} ms`);
    return point.figures;
  }
}
