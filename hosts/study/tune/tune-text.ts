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
  const heldOutOf = ({ changes }: TriedResult): readonly string[] => {
    if (own === undefined) return ['', ''];
    if (Object.keys(changes).length === 0) return [valueText(metric, own.usualMean), ''];
    const isBest = JSON.stringify(changes) === JSON.stringify(best.changes);
    return isBest ? [valueText(metric, own.tunedMean), differenceText(metric, own.difference)] : ['', ''];
  };
  return textTable(
    [
      left('candidate'),
      right('seeds'),
      right(`train ${metric.title}`),
      right('held-out'),
      left('held-out, against as it is'),
    ],
    rows.map((row) => [changesText(row.changes), `${row.seeds}`, valueText(metric, row.mean), ...heldOutOf(row)]),
  );
};

/** Of scenarios apart from the first: that is in the table. */
const heldOutLines = ({ heldOut }: TuneResult, metric: Metric): readonly string[] =>
  heldOut
    .slice(1)
    .map(
      ({ file, usualMean, tunedMean, difference }) =>
        `On ${file}: ${valueText(metric, usualMean)} as it is, ${valueText(metric, tunedMean)} tuned; ${differenceText(metric, difference)}.`,
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
