/** What one policy did at one value of what is varied, averaged over seeds. */
export interface Point {
  readonly policy: string;
  readonly x: number;
  /** Infinity where it falls among requests without a first token. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of all requests, those that were not answered. */
  readonly failedShare: number;
  /** Of all requests, by node. */
  readonly shareOf: Readonly<Record<string, number>>;
}

/** What a paper says that the points have to show. */
export interface Claim {
  readonly text: string;
  readonly holds: (points: Points) => boolean;
}

/** The experiment of a paper, made again in the simulator. */
export interface Experiment {
  readonly name: string;
  /** What it asks, in one sentence. */
  readonly question: string;
  readonly source: string;
  readonly policies: readonly string[];
  /** What is varied, with its unit, and the values. */
  readonly varied: { readonly label: string; readonly values: readonly number[] };
  /** What the picture shows. */
  readonly shown: { readonly label: string; readonly of: (point: Point) => number; readonly most?: number };
  /** A scenario, as a value that YAML can hold. */
  readonly scenario: (x: number) => object;
  readonly claims: readonly Claim[];
}

/** The points of an experiment, by policy and value. */
export class Points {
  readonly all: readonly Point[];

  constructor(all: readonly Point[]) {
    this.all = all;
  }

  /** Throws for one that was not run. */
  at(policy: string, x: number): Point {
    const point = this.all.find((each) => each.policy === policy && each.x === x);
    if (point === undefined) throw new Error(`${policy} was not run at ${x}`);
    return point;
  }
}

/** One Point of several that differ by seed alone. */
export const meanPoint = (points: readonly Point[]): Point => {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const nodes = [...new Set(points.flatMap(({ shareOf }) => Object.keys(shareOf)))];
  return {
    policy: points[0]!.policy,
    x: points[0]!.x,
    p50Ms: mean(({ p50Ms }) => p50Ms),
    p99Ms: mean(({ p99Ms }) => p99Ms),
    failedShare: mean(({ failedShare }) => failedShare),
    shareOf: Object.fromEntries(nodes.map((node) => [node, mean(({ shareOf }) => shareOf[node] ?? 0)])),
  };
};
