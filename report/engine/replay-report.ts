import type { Profile } from '../../services/node/engine/profile.ts';
import type { Replay } from './replay.ts';
import {
  ARRIVAL_MEASURES,
  type Comparison,
  errorPercent,
  FIGURES,
  type Figures,
  figuresOf,
  MEASURES,
  type Measure,
  type Samples,
} from './replay-statistics.ts';

type FiguresByMeasure = Readonly<Partial<Record<Measure, Figures>>>;

/** What `starlane engine --json` prints: times in ms, errors in per cent of the measured figure. */
export interface ReplayReport {
  readonly profile: Pick<Profile, 'id' | 'grade' | 'source' | 'devices' | 'replicas'> & { readonly kvTokens: number };
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  readonly requests: number;
  /** Number of refused requests, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly preemptions: number;
  readonly prefixCache: { readonly queries: number; readonly hits: number };
  readonly simulated: FiguresByMeasure;
  readonly measured: FiguresByMeasure | null;
  readonly errorPercent: FiguresByMeasure | null;
  /** The largest absolute error of TTFT, TPOT and E2E. */
  readonly worstErrorPercent: number | null;
}

export const replayReport = (options: {
  readonly profile: Profile;
  readonly kvTokens: number;
  readonly settings: ReplayReport['settings'];
  readonly replay: Replay;
  readonly comparison: Comparison;
}): ReplayReport => {
  const { replay, comparison } = options;
  const { id, grade, source, devices, replicas } = options.profile;
  const simulated = figuresByMeasure(comparison.simulated);
  const measured = comparison.measured === null ? null : figuresByMeasure(comparison.measured);
  const errors = measured === null ? null : errorsOf(simulated, measured);
  const worst = MEASURES.flatMap((measure) => Object.values(errors?.[measure] ?? {}).map(Math.abs));
  const refused: Record<string, number> = {};
  for (const { refusal } of replay.served) if (refusal !== null) refused[refusal] = (refused[refusal] ?? 0) + 1;
  return {
    profile: { id, grade, source, devices, replicas, kvTokens: options.kvTokens },
    settings: options.settings,
    requests: replay.served.length,
    refused,
    preemptions: replay.preemptions,
    prefixCache: replay.prefixCache,
    simulated,
    measured,
    errorPercent: errors,
    worstErrorPercent: worst.length === 0 ? null : Math.max(...worst),
  };
};

/** Only the measures that have samples. */
const figuresByMeasure = (samples: Samples): FiguresByMeasure =>
  Object.fromEntries(
    [...MEASURES, ...ARRIVAL_MEASURES]
      .filter((measure) => samples[measure].length > 0)
      .map((measure) => [measure, figuresOf(samples[measure])]),
  );

const errorsOf = (simulated: FiguresByMeasure, measured: FiguresByMeasure): FiguresByMeasure =>
  Object.fromEntries(
    [...MEASURES, ...ARRIVAL_MEASURES].flatMap((measure) => {
      const [own, real] = [simulated[measure], measured[measure]];
      if (own === undefined || real === undefined) return [];
      if (FIGURES.some((name) => real[name] === 0)) return []; // no error in per cent of a time of 0
      return [[measure, Object.fromEntries(FIGURES.map((name) => [name, errorPercent(own[name], real[name])]))]];
    }),
  );

const NAMES: Readonly<Record<Measure, string>> = {
  ttft: 'TTFT',
  tpot: 'TPOT',
  e2e: 'E2E',
  arrivalTtft: 'TTFT from arrival',
  arrivalE2e: 'E2E from arrival',
};

/** Columns and rows of the figures, with the measured ones if there are any. */
export const replayTable = ({
  simulated,
  measured,
  errorPercent: errors,
}: ReplayReport): {
  readonly columns: readonly { readonly title: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
} => {
  const titles = measured === null ? ['simulated ms'] : ['simulated ms', 'measured ms', 'error %'];
  const shown = [...MEASURES, ...ARRIVAL_MEASURES.filter((name) => measured === null || errors?.[name])];
  return {
    columns: [{ title: '', align: 'left' }, ...titles.map((title) => ({ title, align: 'right' }) as const)],
    rows: shown.flatMap((measure) =>
      FIGURES.map((figure) => {
        const [own, real] = [simulated[measure]?.[figure], measured?.[measure]?.[figure]];
        const error = errors?.[measure]?.[figure];
        const cells = [ms(own), ...(measured === null ? [] : [ms(real), error === undefined ? '-' : signed(error)])];
        return [`${NAMES[measure]} ${figure}`, ...cells];
      }),
    ),
  };
};

const ms = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(1));

const signed = (percent: number): string => `${percent >= 0 ? '+' : ''}${percent.toFixed(2)}`;
