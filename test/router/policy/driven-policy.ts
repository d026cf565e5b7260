import { seededRng } from '../../../core/random/rng.ts';
import { Attempt } from '../../../router/attempt/attempt.ts';
import type { Ending } from '../../../router/attempt/ending.ts';
import { type EndpointSpec, EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { type Forecast, noForecast } from '../../../router/endpoint/forecast.ts';
import type { LoadReport } from '../../../router/endpoint/load-report.ts';
import type { Observation } from '../../../router/observation.ts';
import { createPolicy } from '../../../router/pick/create-policy.ts';
import type { Policy } from '../../../router/pick/policy.ts';
import type { RequestInfo } from '../../../router/request-info.ts';
import { request } from '../../contract/policy-contract.ts';
import { loadReport } from '../load-report-fixture.ts';

/** A table with one endpoint a node, or those of `specs`; the round trips are those of `rttMs`. */
export const tableOf = (
  size: number,
  options: { readonly specs?: readonly Partial<EndpointSpec>[]; readonly rttMs?: readonly number[] } = {},
): EndpointTable => {
  const { specs = [], rttMs } = options;
  const all = Array.from({ length: size }, (_, index) => ({
    name: `n${index}/fibre`,
    node: `n${index}`,
    medium: 'fibre',
    ...specs[index],
  }));
  const forecast: Forecast =
    rttMs === undefined ? noForecast : { ...noForecast, rttMsAt: (endpoint) => rttMs[endpoint]! };
  const table = new EndpointTable(all, { forecast });
  table.refreshCandidates(0);
  return table;
};

/** A policy with a table, told what a router would tell it. */
export class DrivenPolicy {
  readonly policy: Policy;
  readonly table: EndpointTable;
  nowMs = 0;
  readonly #rng = seededRng(1)('policy');

  constructor(name: string, table: EndpointTable, params: unknown = {}) {
    this.policy = createPolicy(name, params);
    this.table = table;
  }

  /** The endpoint picked for a request; -1 for none. */
  pick(info: Partial<RequestInfo> = {}): number {
    this.table.refreshCandidates(this.nowMs);
    const decision = this.policy.pick({ ...request, ...info }, this.table, this.nowMs, this.#rng);
    return decision.kind === 'pick' ? decision.endpoint : -1;
  }

  begin(endpoint: number, info: Partial<RequestInfo> = {}, number = 1): Attempt {
    const attempt = new Attempt(
      { ...request, ...info },
      {
        endpoint,
        number,
        cause: number === 1 ? 'first' : 'retry',
        avoided: [],
        startedAtMs: this.nowMs,
        costMs: Number.NaN,
        predictedMs: Number.NaN,
        clockSettings: 0,
      },
    );
    this.table.begin(endpoint, attempt);
    this.tell({ kind: 'began', attempt, nowMs: this.nowMs });
    return attempt;
  }

  /** Picks and begins, `count` times in a row; returns the endpoints. */
  send(count: number, info: Partial<RequestInfo> = {}): number[] {
    return Array.from({ length: count }, () => this.begin(this.pick(info), info).endpoint);
  }

  first(attempt: Attempt): void {
    this.table.firstMessage(attempt.endpoint, attempt);
    this.tell({ kind: 'first', attempt, ttftMs: this.nowMs - attempt.startedAtMs, nowMs: this.nowMs });
  }

  end(attempt: Attempt, changes: Partial<Ending> = {}): void {
    const ending: Ending = { code: 0, report: null, pushbackMs: null, fault: 'none', isSaidByNode: true, ...changes };
    this.table.end(attempt.endpoint, attempt);
    if (ending.report !== null) this.report(attempt.endpoint, ending.report);
    this.tell({ kind: 'ended', attempt, ending, nowMs: this.nowMs });
  }

  report(endpoint: number, changes: Partial<LoadReport>): void {
    const report = loadReport({ atMs: this.nowMs, ...changes });
    this.table.report(endpoint, report);
    this.tell({ kind: 'report', endpoint, report, nowMs: this.nowMs });
  }

  probed(endpoint: number, rttMs: number, changes: Partial<LoadReport>): void {
    this.report(endpoint, changes);
    this.tell({ kind: 'probed', endpoint, rttMs, report: loadReport(changes), nowMs: this.nowMs });
  }

  available(endpoint: number, isAvailable: boolean): void {
    this.table.setAvailable(endpoint, isAvailable);
    this.table.refreshCandidates(this.nowMs);
    this.tell({ kind: 'available', endpoint, isAvailable });
  }

  tell(what: Observation): void {
    this.policy.observe?.(what, this.table);
  }
}

/** How often each endpoint is in the list. */
export const countsOf = (picks: readonly number[], size: number): number[] =>
  Array.from({ length: size }, (_, endpoint) => picks.filter((pick) => pick === endpoint).length);
