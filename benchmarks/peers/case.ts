/** What is asked of every proxy in a case. Bytes of a message are without the five of its gRPC prefix. */
export type PeerLoad =
  /** Requests one after another on every stream; by h2load, or by the own client where every request has other headers. */
  | {
      readonly kind: 'closed';
      readonly connections: number;
      readonly streams: number;
      readonly messageBytes: number;
      readonly hasOtherHeaders?: boolean;
    }
  /** Requests at random instants, whether or not others have ended. */
  | { readonly kind: 'open'; readonly connections: number; readonly ratePerS: number; readonly messageBytes: number }
  /** Answers that stay open, with a message each `everyMs`. */
  | {
      readonly kind: 'streams';
      readonly connections: number;
      readonly streams: number;
      readonly everyMs: number;
      readonly messageBytes: number;
    }
  /** Answers that stay open after their first message; only memory is measured. */
  | { readonly kind: 'idle'; readonly connections: number; readonly streams: number };

export interface PeerCase {
  readonly name: string;
  readonly title: string;
  /** How many servers the proxy chooses from. */
  readonly endpoints: number;
  readonly isTls: boolean;
  readonly load: PeerLoad;
}

export type ClosedLoad = Extract<PeerLoad, { readonly kind: 'closed' }>;

/** h2load sends the same fields with each request. */
export const isByH2load = (load: PeerLoad): load is ClosedLoad =>
  load.kind === 'closed' && load.hasOtherHeaders !== true;

/** What the cost of a case is counted by. */
export const unitOf = ({ load }: PeerCase): 'request' | 'message' => (load.kind === 'streams' ? 'message' : 'request');

const FEW_ENDPOINTS = 4;

/** With its prefix a body of 107 bytes. */
const SMALL_BYTES = 102;

/** 128 in flight. */
const saturating = (messageBytes: number): PeerLoad => ({ kind: 'closed', connections: 8, streams: 16, messageBytes });

const plain = { endpoints: FEW_ENDPOINTS, isTls: false } as const;

export const PEER_CASES: readonly PeerCase[] = [
  { ...plain, name: 'saturation', title: '128 in flight, 107 B each way', load: saturating(SMALL_BYTES) },
  {
    ...plain,
    name: 'open',
    title: '2,000 requests/s at random instants',
    load: { kind: 'open', connections: 8, ratePerS: 2000, messageBytes: SMALL_BYTES },
  },
  {
    ...plain,
    name: 'streaming',
    title: '10,000 messages/s on 200 open answers',
    load: { kind: 'streams', connections: 10, streams: 200, everyMs: 20, messageBytes: SMALL_BYTES },
  },
  {
    ...plain,
    name: 'headers',
    title: '128 in flight, other headers in every call',
    load: { kind: 'closed', connections: 8, streams: 16, messageBytes: SMALL_BYTES, hasOtherHeaders: true },
  },
  {
    ...plain,
    name: 'connections',
    title: '64 connections, one request at a time each',
    load: { kind: 'closed', connections: 64, streams: 1, messageBytes: SMALL_BYTES },
  },
  {
    ...plain,
    name: 'sequential',
    title: 'one request at a time',
    load: { kind: 'closed', connections: 1, streams: 1, messageBytes: SMALL_BYTES },
  },
  { ...plain, name: 'body-4k', title: '128 in flight, 4 KiB each way', load: saturating(4096) },
  { ...plain, name: 'body-64k', title: '128 in flight, 64 KiB each way', load: saturating(65_536) },
  {
    ...plain,
    name: 'endpoints-16',
    title: '128 in flight, 16 endpoints',
    endpoints: 16,
    load: saturating(SMALL_BYTES),
  },
  {
    ...plain,
    name: 'endpoints-256',
    title: '128 in flight, 256 endpoints',
    endpoints: 256,
    load: saturating(SMALL_BYTES),
  },
  { ...plain, name: 'tls', title: '128 in flight, TLS on both sides', isTls: true, load: saturating(SMALL_BYTES) },
  {
    ...plain,
    name: 'idle',
    title: '10,000 idle answers on 100 connections',
    load: { kind: 'idle', connections: 100, streams: 10_000 },
  },
];
