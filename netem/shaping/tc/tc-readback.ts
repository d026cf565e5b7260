import type { BurstLoss } from '../../links/model/link-model.ts';
import { CHAIN, type NetemTuple } from './netem-tuple.ts';
import type { DeviceTree } from './shaping-plan.ts';
import { classId, filters, frontParent, ROOT_HANDLE, rateParent } from './tc-commands.ts';

/** One qdisc as `tc -j -s qdisc show` prints it. */
export interface QdiscReading {
  readonly kind: string;
  /** `5a1e:`, or `0:` for one that the kernel put there itself. */
  readonly handle: string;
  /** Class it hangs from, null at the root. */
  readonly parent: string | null;
  /** What netem plays by itself; its rate may be that of a tbf behind it. */
  readonly netem: NetemTuple | null;
  /** Of a tbf. */
  readonly rateKbps: number | null;
  /** Of a queue that drops from its front. */
  readonly frontPackets: number | null;
  readonly packets: number;
  readonly bytes: number;
  readonly dropped: number;
}

/** A difference from what was asked for: the whole tree, or the netem of one link. */
export type TreeFault =
  | { readonly kind: 'tree'; readonly problem: string }
  | { readonly kind: 'link'; readonly index: number; readonly problem: string };

/** Parses the output of `tc -j -s qdisc show dev X`. */
export const parseQdiscs = (json: string): readonly QdiscReading[] =>
  (JSON.parse(json) as readonly QdiscJson[]).map((qdisc) => ({
    kind: qdisc.kind,
    handle: qdisc.handle,
    parent: qdisc.parent ?? null,
    netem: qdisc.kind === 'netem' ? netemOf(qdisc.options ?? {}) : null,
    rateKbps: qdisc.kind === 'tbf' && typeof qdisc.options?.rate === 'number' ? kbps(qdisc.options.rate) : null,
    frontPackets: qdisc.kind === 'pfifo_head_drop' ? (qdisc.options?.limit ?? 0) : null,
    packets: qdisc.packets ?? 0,
    bytes: qdisc.bytes ?? 0,
    dropped: qdisc.drops ?? 0,
  }));

/** Parses the output of `tc -j filter show dev X parent 5a1e:`: the target of each u32 filter, by its handle. */
export const parseFilters = (json: string): ReadonlyMap<string, string> =>
  new Map(
    (JSON.parse(json) as readonly FilterJson[]).flatMap(({ options }) =>
      options?.flowid === undefined ? [] : [[options.fh ?? '', options.flowid] as const],
    ),
  );

export const isOurs = (qdiscs: readonly QdiscReading[]): boolean =>
  qdiscs.some(({ kind, handle, parent }) => kind === 'htb' && handle === ROOT_HANDLE && parent === null);

/** The root qdisc that somebody else put there by hand; undefined when there is none. */
export const foreignRoot = (qdiscs: readonly QdiscReading[]): QdiscReading | undefined =>
  isOurs(qdiscs) ? undefined : qdiscs.find(({ handle, parent }) => parent === null && handle !== '0:');

/** Compares qdiscs with those asked for; `tuples` has one for each class, in order. A fault of the tree is the only one. */
export const qdiscFaults = (
  tree: DeviceTree,
  tuples: readonly NetemTuple[],
  qdiscs: readonly QdiscReading[],
): readonly TreeFault[] => {
  const root = qdiscs.find(({ parent }) => parent === null);
  if (!isOurs(qdiscs)) return [treeFault(tree, `has ${root?.kind ?? 'nothing'} at its root, not our tree`)];
  const leaves = new Map(qdiscs.map((qdisc) => [qdisc.parent, qdisc]));
  const faults: TreeFault[] = [];
  for (const [index, { device, link }] of tree.classes.entries()) {
    const netem = leaves.get(classId(index))?.netem;
    if (netem === undefined || netem === null) return [treeFault(tree, `has no netem for ${link}`)];
    const rateKbps = leaves.get(rateParent(index))?.rateKbps ?? netem.rateKbps;
    const frontPackets = leaves.get(frontParent(index))?.frontPackets ?? null;
    const differences = differencesOf({ ...netem, rateKbps, frontPackets }, tuples[index]!);
    if (differences.length === 0) continue;
    faults.push({ kind: 'link', index, problem: `${device}: ${link}: ${differences.join(', ')}` });
  }
  return faults;
};

/** Compares the targets of the filters. */
export const filterFaults = (tree: DeviceTree, found: ReadonlyMap<string, string>): readonly TreeFault[] => {
  const missing = filters(tree).filter(({ handle, flow }) => found.get(handle) !== flow);
  return missing.length === 0 ? [] : [treeFault(tree, `has lost its filter: ${missing[0]!.words}`)];
};

const treeFault = ({ device }: DeviceTree, problem: string): TreeFault => ({
  kind: 'tree',
  problem: `${device}: ${problem}`,
});

const differencesOf = (is: NetemTuple, asked: NetemTuple): readonly string[] => [
  ...TOLERANCES.filter(({ of, absolute, relative }) => isOff(is[of], asked[of], absolute, relative)).map(
    ({ of }) => `${of} is ${is[of]}, should be ${asked[of]}`,
  ),
  ...chainDifferences(is.burst, asked.burst),
  ...(is.frontPackets === asked.frontPackets
    ? []
    : [`frontPackets is ${is.frontPackets ?? 'none'}, should be ${asked.frontPackets ?? 'none'}`]),
];

const chainDifferences = (is: BurstLoss | null, asked: BurstLoss | null): readonly string[] => {
  if (is === null || asked === null) {
    const said = (burst: BurstLoss | null): string =>
      burst === null ? 'none' : CHAIN.map((of) => burst[of]).join(' ');
    return is === asked ? [] : [`gemodel is ${said(is)}, should be ${said(asked)}`];
  }
  return CHAIN.filter((of) => isOff(is[of], asked[of], LOSS_TOLERANCE.absolute, LOSS_TOLERANCE.relative)).map(
    (of) => `gemodel ${of} is ${is[of]}, should be ${asked[of]}`,
  );
};

const isOff = (is: number, asked: number, absolute: number, relative: number): boolean =>
  Math.abs(is - asked) > Math.max(absolute, relative * asked);

// tc counts time in ticks of 64 ns, drops fractions of a microsecond, and prints six digits of every number.
const LOSS_TOLERANCE = { absolute: 2e-9, relative: 1e-5 };
const TOLERANCES = [
  { of: 'delayUs', absolute: 2, relative: 1e-5 },
  { of: 'jitterUs', absolute: 2, relative: 1e-5 },
  { of: 'lossRate', ...LOSS_TOLERANCE },
  { of: 'rateKbps', absolute: 1, relative: 1e-5 },
  { of: 'limitPackets', absolute: 0, relative: 0 },
] as const;

const netemOf = (options: NetemJson): NetemTuple => ({
  delayUs: Math.round((options.delay?.delay ?? 0) * 1e6),
  jitterUs: Math.round((options.delay?.jitter ?? 0) * 1e6),
  lossRate: options['loss-random']?.loss ?? 0,
  burst: burstOf(options['loss-gemodel']),
  rateKbps: typeof options.rate === 'object' ? kbps(options.rate.rate) : 0,
  limitPackets: options.limit ?? 0,
  frontPackets: null,
});

const burstOf = (chain: ChainJson | undefined): BurstLoss | null =>
  chain === undefined ? null : { p: chain.p, r: chain.r, lossInBad: chain['1-h'], lossInGood: chain['1-k'] };

const kbps = (bytesPerS: number): number => (bytesPerS * 8) / 1000;

/** Seconds, fractions, bytes a second; of netem, tbf and pfifo_head_drop. */
interface NetemJson {
  readonly limit?: number;
  readonly delay?: { readonly delay: number; readonly jitter?: number };
  readonly 'loss-random'?: { readonly loss: number };
  readonly 'loss-gemodel'?: ChainJson;
  readonly rate?: { readonly rate: number } | number;
}

interface ChainJson {
  readonly p: number;
  readonly r: number;
  readonly '1-h': number;
  readonly '1-k': number;
}

interface QdiscJson {
  readonly kind: string;
  readonly handle: string;
  readonly parent?: string;
  readonly options?: NetemJson;
  readonly packets?: number;
  readonly bytes?: number;
  readonly drops?: number;
}

interface FilterJson {
  readonly options?: { readonly fh?: string; readonly flowid?: string };
}
