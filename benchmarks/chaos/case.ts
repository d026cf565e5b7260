import type { ContainerFaultKind } from '../../hosts/compose/io/container-faults.ts';
import type { RunResult } from '../../report/summary-schema.ts';
import type { ChaosOutcome } from './chaos-outcome.ts';

/** One way in which a part can go, `AT_S` into a run. */
export interface ChaosCase {
  readonly name: string;
  /** How the names of the endpoints that it hits begin; null for the router. */
  readonly hit: string | null;
  /** How long what it hits is away, in seconds; `FOR_S` where it is left out. */
  readonly awayS?: number;
}

/** In containers: what happens to the container of a service. */
export interface ContainerCase extends ChaosCase {
  readonly service: string;
  readonly kind: ContainerFaultKind;
}

/** When a fault begins in its run, and how long it lasts where it ends, in seconds. */
export const AT_S = 5;
export const FOR_S = 3;

export const CHAOS_HEAD = [
  '| what happens | sent there in 2 s before | lost before streaming | cut while streaming | last sent there after | next first token after | the report says |',
  '| --- | --: | --: | --: | --: | --: | --- |',
].join('\n');

/** A row of the table; `causes` are patterns of what a report says of a cause, the best first. */
export const chaosRow = (
  { name }: ChaosCase,
  { sentBefore, lostUnbegun, lostStreaming, movedMs, servedAgainMs }: ChaosOutcome,
  { notes, invalidBecause }: Pick<RunResult, 'notes' | 'invalidBecause'>,
  causes: readonly RegExp[],
): string => {
  const said = [...notes, ...invalidBecause];
  const cause = causes.map((what) => said.find((line) => what.test(line))).find((line) => line !== undefined);
  return `| ${[name, sentBefore, lostUnbegun, lostStreaming, time(movedMs), time(servedAgainMs), cause ?? 'nothing'].join(' | ')} |`;
};

const time = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1000).toFixed(2)} s`);
