import { differenceText } from '../../../report/difference.ts';
import { type Metric, metricText } from '../../../report/metric.ts';
import { type Column, textTable } from '../../../report/text-table.ts';
import type { Value } from './dimension.ts';
import type { TriedResult, TuneResult } from './tune-result.ts';

/** The best candidates and the scenario as it is, and what held-out seeds and scenarios say. */
export const tuneText = (result: TuneResult, metric: Metric): readonly string[] => [
  ...tuneTable(result, metric),
  '',
  ...heldOutLines(result, metric),
  verdictText(result, metric),
  '',
  `Searched: ${result.searched.map(({ path }) => shortName(path)).join(', ')}; ${result.candidates.length} candidates, ${result.simulations} simulations of at most ${result.budget}.`,
  ...(result.notSearched.length === 0 ? [] : [`Not searched: ${result.notSearched.map(shortName).join('; ')}.`]),
  'Train: the mean over the seeds of the search, which chose the best of many, so it flatters them. Held-out: seeds that the search has not seen.',
];

const tuneTable = ({ candidates, best, heldOut }: TuneResult, metric: Metric): readonly string[] => {
  const [own] = heldOut;
  const shown = candidates.slice(0, SHOWN);
  const usual = candidates.find(({ changes }) => Object.keys(changes).length === 0);
  const rows = usual === undefined || shown.includes(usual) ? shown : [...shown, usual];
  const heldOutOf = (row: TriedResult): string => {
    if (own === undefined) return '';
    if (row === usual) return valueText(metric, own.usualMean);
    return JSON.stringify(row.changes) === JSON.stringify(best.changes) ? valueText(metric, own.tunedMean) : '';
  };
  return textTable(
    [right(`train ${metric.title}`), right('seeds'), right('held-out'), left('candidate')],
    rows.map((row) => [valueText(metric, row.mean), `${row.seeds}`, heldOutOf(row), changesText(row.changes)]),
  );
};

/** The best beside the scenario as it is, where it was not searched. */
const heldOutLines = ({ heldOut }: TuneResult, metric: Metric): readonly string[] =>
  heldOut.map(
    ({ file, seeds, usualMean, tunedMean, difference }, index) =>
      `Held-out, ${index === 0 ? `${seeds} other seeds` : `${file}, ${seeds} seeds`}: ${valueText(metric, usualMean)} as it is, ${valueText(metric, tunedMean)} with the best: ${differenceText(metric, difference)}.`,
  );

const verdictText = ({ verdict, policy, best, heldOut }: TuneResult, metric: Metric): string => {
  if (verdict === null) return 'Stopped before the verdict; the same command goes on from here.';
  if (verdict === 'tuned') return `Better also where it was not searched: ${changesText(best.changes)}.`;
  if (verdict === 'nothing-found') return `Nothing better was found for ${policy}: defaults kept.`;
  const worse = heldOut.filter(({ standing }) => standing === 'worse').map(({ file }) => file);
  if (verdict === 'worse-elsewhere')
    return `Better on held-out seeds of its own scenario, worse on ${worse.join(', ')}: defaults kept.`;
  return `Better on train, not on held-out: ${metric.title} of ${policy} has no gain that is shown, defaults kept.`;
};

/** `spread 0.12, router.ewma.tauMs 800`. */
export const changesText = (changes: Readonly<Record<string, Value>>): string => {
  const parts = Object.entries(changes).map(([path, value]) => `${shortName(path)} ${value}`);
  return parts.length === 0 ? 'as it is' : parts.join(', ');
};

/** Parameters of a policy by their names alone. */
const shortName = (path: string): string => path.replace(/^router\.(?:policies|variants)\.[^.]+\./, '');

const valueText = (metric: Metric, value: number | null): string =>
  value === null ? 'not known' : metricText(metric, value);

const SHOWN = 5;
const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });
