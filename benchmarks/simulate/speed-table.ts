import type { Ratio, Speed } from './speed.ts';

/** What `npm run bench:simulate` measured, as it writes it. */
export interface SpeedReport {
  readonly commit: string | null;
  /** The other commit; null where there is none. */
  readonly against: string | null;
  readonly machine: string;
  /** Load averages of a minute before and after. */
  readonly load: readonly [number, number];
  /** ISO date of the start. */
  readonly date: string;
  readonly cases: readonly CaseSpeed[];
}

export interface CaseSpeed {
  readonly name: string;
  readonly counts: 'requests' | 'links';
  readonly here: Speed;
  readonly there: Speed | null;
  readonly ratio: Ratio | null;
}

/** The report as Markdown: a row a case and commit, and the ratio beside. */
export const speedTable = (report: SpeedReport): string => {
  const { commit, against, machine, load, date, cases } = report;
  const name = commit ?? 'here';
  const rows = cases.flatMap(({ name: title, counts, here, there, ratio }) => [
    row(title, name, counts, here, ratio === null ? '' : ratioText(ratio)),
    ...(there === null ? [] : [row(title, against!, counts, there, '')]),
  ]);
  return [
    '| case | commit | a CPU second, start-up apart | whole process | bytes each | garbage | peak RSS, short and whole | times as fast |',
    '| ---- | ------ | ---------------------------: | ------------: | ---------: | ------: | ------------------------: | ------------: |',
    ...rows,
    '',
    `_${machine}; load average ${load.map((value) => value.toFixed(1)).join(' before, ')} after; ${date.slice(0, 10)}. ` +
      'Requests, or for `links` seconds of one link. Times as fast: processor time of the whole process, ABBA, with its 95 % interval._',
    '',
  ].join('\n');
};

const row = (title: string, commit: string, counts: string, speed: Speed, ratio: string): string =>
  `| ${[
    title,
    commit,
    `${whole(speed.startedPerCpuS)} ${counts}`,
    whole(speed.perCpuS),
    whole(speed.bytesEach),
    `${(speed.gcShare * 100).toFixed(0)} %`,
    `${mebibytes(speed.shortPeakBytes)} to ${mebibytes(speed.peakBytes)} MiB`,
    ratio,
  ].join(' | ')} |`;

const ratioText = ({ times, ci95 }: Ratio): string =>
  ci95 === null ? times.toFixed(2) : `${times.toFixed(2)} (${ci95[0].toFixed(2)} to ${ci95[1].toFixed(2)})`;

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

const whole = (value: number): string => Math.round(value).toLocaleString('en-GB');
