import type { Ms } from '../../../core/time/clock.ts';
import type { FaultCost } from './fault-cost.ts';
import type { FaultWindow } from './fault-window.ts';
import type { TimelineHost } from './io/host-run.ts';

/** One fault on one host: what it cost, and what of that should not be. */
export interface JudgedFault {
  readonly host: TimelineHost;
  readonly window: Pick<FaultWindow, 'name' | 'leaves'>;
  readonly cost: FaultCost;
  readonly broken: readonly string[];
}

/** The page of results: Markdown. `made` are lines about when and where it was made. */
export const chaosPage = (faults: readonly JudgedFault[], made: readonly string[]): string => {
  const broken = faults.flatMap(({ host, window, broken: lines }) =>
    lines.map((line) => `- BROKEN: ${window.name} on ${host}: ${line}`),
  );
  return `${[
    '# What faults cost, in a simulation and live',
    '',
    'Written by `npm run bench:chaos`: do not edit it. What it does is in [benchmarks/README.md](../README.md).',
    '',
    ...made.map((line) => `- ${line}`),
    '',
    ...HEAD,
    ...faults.map(row),
    '',
    ...(broken.length > 0
      ? broken
      : [
          'Every claim holds: no request is lost that had not begun and might have been tried again, what was hit is left in time (live, by as much later as parts say that they were late), only requests that were hit are tried again, and within the budget.',
        ]),
  ].join('\n')}\n`;
};

const HEAD = [
  '| fault | host | sent there in 2 s before | lost before streaming | of those out of attempts | cut while streaming | last sent there after | may be | extra attempts | may be |',
  '| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |',
];

const row = ({ host, window, cost }: JudgedFault): string => {
  const {
    sentBefore,
    lostUnbegun,
    ofThoseTriedUp,
    cut,
    leftAfterMs,
    mayLeaveAfterMs,
    extraAttempts,
    extraElsewhere,
    budget,
  } = cost;
  const { leaves } = window;
  const because = leaves !== null && 'afterFailures' in leaves ? ` (${leaves.afterFailures} failures)` : '';
  const bound = mayLeaveAfterMs === null ? '-' : `${seconds(mayLeaveAfterMs)}${because}`;
  const cells = [
    ...[window.name, host, sentBefore, lostUnbegun, ofThoseTriedUp, cut, seconds(leftAfterMs), bound],
    extraAttempts + extraElsewhere,
    budget === null ? '-' : budget.most,
  ];
  return `| ${cells.join(' | ')} |`;
};

const seconds = (ms: Ms): string => `${(ms / 1000).toFixed(2)} s`;
