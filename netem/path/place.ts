/** A named point on the ground. `terminal` says whether a dish stands there. */
export interface Place {
  readonly name: string;
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly terminal: boolean;
}
