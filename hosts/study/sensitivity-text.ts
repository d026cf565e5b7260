import { differenceText } from '../../report/difference.ts';
import { type Metric, metricText } from '../../report/metric.ts';
import { type Column, textTable } from '../../report/text-table.ts';
import type { Contest, WinnerStanding } from './sensitivity.ts';

/** One value of one assumption. */
export interface AssumedValue {
  readonly assumption: string;
  readonly title: string;
  readonly source: string;
  /** What the scenario assumes. */
  readonly usual: string;
  readonly value: string;
}

/** What came of it. */
export interface SensitivityRow extends AssumedValue, Contest {}

/** The contest as one sentence: `stays ahead of peak-ewma`. */
export const standingSentence = ({ rival, standing }: Pick<Contest, 'rival' | 'standing'>): string =>
  SENTENCES[standing](rival);

const SENTENCES: Readonly<Record<WinnerStanding, (rival: string) => string>> = {
  ahead: (rival) => `stays ahead of ${rival}`,
  'none-shown': (rival) => `no difference to ${rival} shown`,
  behind: (rival) => `loses to ${rival}`,
  'too-few-seeds': (rival) => `too few seeds to tell from ${rival}`,
  'not-known': (rival) => `cannot be told from ${rival}: not known in every run`,
};

/** A row for the scenario as it is, and one for each value of each assumption. */
export const sensitivityTable = (base: Contest, rows: readonly SensitivityRow[], metric: Metric): readonly string[] =>
  textTable(
    [
      left('assumption'),
      right('usual'),
      right('value'),
      right(base.winner),
      right('best other'),
      left(`${base.winner} ...`),
      left('difference'),
    ],
    [
      ['as the scenario is', '', '', ...cellsOf(base, metric)],
      ...rows.map((row) => [row.assumption, row.usual, row.value, ...cellsOf(row, metric)]),
    ],
  );

const cellsOf = (contest: Contest, metric: Metric): readonly string[] => {
  const { winner, rival, means, difference, valid } = contest;
  const cell = (policy: string): string => (means[policy] == null ? '-' : metricText(metric, means[policy]));
  const words = `${standingSentence(contest)}${valid ? '' : ' (INVALID)'}`;
  return [cell(winner), cell(rival), words, differenceText(metric, difference)];
};

/** The whole as one line. `asked` is how many values were to be tried. */
export const sensitivityVerdict = (
  base: Contest,
  rows: readonly SensitivityRow[],
  { metric, asked }: { readonly metric: Metric; readonly asked: number },
): string => {
  const { winner, rival, standing } = base;
  const of = rows.length < asked ? `the ${rows.length} values of ${asked} that were tried` : `all ${asked} values`;
  const withStanding = (wanted: WinnerStanding): readonly SensitivityRow[] =>
    rows.filter((row) => row.standing === wanted);
  const [kept, lost] = [withStanding('ahead'), withStanding('behind')];
  const where = (text: string, those: readonly SensitivityRow[]): readonly string[] =>
    those.length === 0 ? [] : [`${text} under ${namesOf(those)}`];
  if (standing === 'too-few-seeds')
    return `No verdict: ${winner} has the best ${metric.title}, and a difference to ${rival} needs 10 seeds to be shown.`;
  if (standing !== 'ahead') {
    const parts = [...where(`${winner} is ahead`, kept), ...where('it loses', lost)];
    return [`No winner is shown: ${metric.title} of ${winner} and ${rival} does not differ for sure`, ...parts]
      .join('; ')
      .concat('.');
  }
  if (kept.length === rows.length) return `${winner} stays ahead by ${metric.title} under ${of}.`;
  const unsure = rows.filter((row) => row.standing !== 'ahead' && row.standing !== 'behind');
  return [
    `${winner} stays ahead by ${metric.title} under ${kept.length} of ${of}`,
    ...where('no difference is shown', unsure),
    ...where('it loses', lost),
  ]
    .join('; ')
    .concat('.');
};

const namesOf = (rows: readonly SensitivityRow[]): string =>
  rows.map(({ assumption, value }) => `${assumption} ${value}`).join(', ');

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });
