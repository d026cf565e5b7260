import type { PredictionFigures } from './prediction-errors.ts';
import type { StalenessPoints } from './staleness-point.ts';

/** What of a point a table shows. */
interface Shown {
  readonly title: string;
  readonly of: (figures: PredictionFigures) => number;
  readonly text: (value: number) => string;
}

const ms = (value: number): string => (Number.isFinite(value) ? value.toFixed(0) : 'endless');

const ERRORS: readonly Shown[] = [
  { title: 'error p50, ms', of: ({ errorP50Ms }) => errorP50Ms, text: ms },
  { title: 'error p90, ms', of: ({ errorP90Ms }) => errorP90Ms, text: ms },
  { title: 'bias, ms', of: ({ biasMs }) => biasMs, text: ms },
  { title: 'skill', of: ({ skill }) => skill, text: (value) => value.toFixed(2) },
];

const TTFT: Shown = { title: 'TTFT p99, ms', of: ({ ttftP99Ms }) => ttftP99Ms, text: ms };

export interface StalenessGrid {
  readonly utilisations: readonly number[];
  readonly agesMs: readonly (number | null)[];
}

/** Tables of a policy in Markdown: a row a utilisation, a column an age. Of a policy that predicts no time, the last one alone. */
export const stalenessTables = (
  policy: string,
  points: StalenessPoints,
  { predicts, ...grid }: StalenessGrid & { readonly predicts: boolean },
): readonly string[] => {
  return [...(predicts ? ERRORS : []), TTFT].flatMap(({ title, of, text }) => [
    `| ${policy}: ${title} | ${grid.agesMs.map(ageText).join(' | ')} |`,
    `| --- |${grid.agesMs.map(() => ' --: |').join('')}`,
    ...grid.utilisations.map((utilisation) => {
      const cells = grid.agesMs.map((ageMs) => text(of(points.at(policy, utilisation, ageMs))));
      return `| ${utilisation} | ${cells.join(' | ')} |`;
    }),
    '',
  ]);
};

/** Where the predictions of a policy know no more than the median of the endpoint: one sentence. */
export const failureText = (
  policy: string,
  points: StalenessPoints,
  { utilisations, agesMs }: StalenessGrid,
): string => {
  const parts = utilisations.map((utilisation) => {
    const first = agesMs.find((ageMs) => points.at(policy, utilisation, ageMs).skill <= 0);
    return `at ${utilisation} ${first === undefined ? 'at no age here' : `from ${ageText(first)} on`}`;
  });
  return `${policy} predicts no better than the median of the endpoint: ${parts.join('; ')}.`;
};

const ageText = (ageMs: number | null): string => {
  if (ageMs === null) return 'with answers';
  return ageMs < 1000 ? `${ageMs} ms` : `${ageMs / 1000} s`;
};
