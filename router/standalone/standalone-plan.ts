import type { Address, ClientTls, NodeTls } from '../io/address.ts';
import type { StandaloneConfig } from './standalone-schema.ts';

export interface PlannedEndpoint {
  readonly name: string;
  readonly node: string;
  readonly medium: 'fibre' | 'laser';
  readonly weight: number;
  /** Over all paths to its node; null for no limit but that of each endpoint. */
  readonly maxOutstanding: number | null;
  /** Null for any. */
  readonly models: readonly string[] | null;
  readonly provider: string;
  readonly usdPerMillionTokens: number | null;
  readonly gCo2PerMillionTokens: number | null;
  readonly address: Address;
  readonly tls: NodeTls | null;
}

/** All that a worker has to know: checked, with the content of every file. It is sent from process to process. */
export interface StandalonePlan {
  readonly listen: Address;
  readonly endpoints: readonly PlannedEndpoint[];
  readonly router: Pick<
    StandaloneConfig,
    | 'policy'
    | 'policies'
    | 'prices'
    | 'hysteresis'
    | 'subset'
    | 'slowStart'
    | 'ejection'
    | 'breaker'
    | 'panicShare'
    | 'signals'
    | 'dataPath'
    | 'ewma'
    | 'residual'
    | 'health'
    | 'maxAttempts'
    | 'retry'
    | 'firstTokenTimeout'
    | 'hedge'
    | 'bytesPerToken'
    | 'limits'
    | 'seed'
  >;
  /** Null for no limit. */
  readonly deadlineMs: number | null;
  /** Null for all services. */
  readonly routed: readonly string[] | null;
  readonly drainMs: number;
  readonly workers: number;
  readonly sharePort: StandaloneConfig['sharePort'];
  readonly admin: { readonly listen: Address; readonly token: string | null } | null;
  readonly tls: ClientTls | null;
  /** The scenario whose paths lead to the endpoints, and when its time began by the wall clock; null for none. */
  readonly emulated: { readonly scenario: string; readonly startUnixMs: number } | null;
  /** SHA-256 of each token that lets a client in; null where anybody may call. */
  readonly tokenDigests: readonly Uint8Array[] | null;
}
