/** What a router may know of a request before it is answered: never its true output length. */
export interface RequestInfo {
  /** The number of the request in its schedule. */
  readonly id: number;
  readonly promptTokens: number;
  /** The bound the client set on the answer, in tokens. */
  readonly maxOutputTokens: number;
  /** Requests of one session share a prefix; empty for none. */
  readonly session: string;
}
