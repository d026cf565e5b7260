import { metricSum } from './metric-sum.ts';
import type { CallFailure, ClientTally, NodeEnd } from './part-setup.ts';
import { routerBalance } from './router-balance.ts';

/** All that a soak has measured. */
export interface SoakOutcome {
  readonly tally: ClientTally;
  readonly nodeEnds: readonly NodeEnd[];
  /** Of the router, in the text of Prometheus, when all clients were gone. */
  readonly metrics: string;
  /** Bytes a minute; null where that is not known. */
  readonly slopeBytes: number | null;
  /** How the router ended after SIGTERM: its exit code. */
  readonly exitCode: number | null;
}

/** Whether an answer that had begun was cut off because its node crashed: the price of a crash. */
export const isCutByCrash = (
  { endpoint, answerBytes, beganAtUnixMs, endedAtUnixMs }: CallFailure,
  nodeEnds: readonly NodeEnd[],
): boolean =>
  answerBytes > 0 &&
  nodeEnds.some(
    ({ node, isCrash, atUnixMs }) =>
      isCrash && endpoint === soakedEndpoint(node) && atUnixMs >= beganAtUnixMs && atUnixMs <= endedAtUnixMs,
  );

/** What a soak must not show, a line each; none where it is within its bounds. */
export const soakFaults = ({ tally, nodeEnds, metrics, slopeBytes, exitCode }: SoakOutcome): readonly string[] => {
  const faults = [...routerBalance(metrics)];
  const { begun, answered, cancelled, left, expired, failed, failures, open } = tally;
  const ended = answered + cancelled + left + expired + failed;
  if (begun !== ended + open) faults.push(`clients began ${begun} calls and know of ${ended + open}`);
  const lost = failures.filter((failure) => !isCutByCrash(failure, nodeEnds));
  const unknown = failed - failures.length;
  if (lost.length + unknown + open > 0) {
    const { status, endpoint } = lost[0] ?? { status: 'no status', endpoint: null };
    faults.push(
      `${lost.length + unknown + open} calls were lost, such as one with ${status} from ${endpoint ?? 'nobody'}`,
    );
  }
  const requests = metricSum(metrics, 'starlane_router_requests_total') ?? Number.NaN;
  // What a client had not sent yet when it left never came.
  if (!(requests <= begun && requests >= begun - left)) {
    faults.push(`the router counts ${requests} requests, of ${begun} that clients began and ${left} that they left`);
  }
  if (slopeBytes === null) faults.push('the run was too short to judge memory: expected at least 4 minutes');
  else if (slopeBytes > MOST_BYTES_A_MINUTE) {
    faults.push(`resident memory grows by ${(slopeBytes / MIB).toFixed(2)} MiB a minute, expected at most 0.5`);
  }
  if (exitCode !== 0) faults.push(`the router ended with exit code ${exitCode} after SIGTERM, expected 0`);
  return faults;
};

/** The endpoint of a node, by its index. */
export const soakedEndpoint = (node: number): string => `node-${node + 1}`;

const MIB = 1 << 20;
const MOST_BYTES_A_MINUTE = MIB / 2;
