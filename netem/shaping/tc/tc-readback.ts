import type { DeviceTree } from './shaping-plan.ts';
import { classId, filters, type NetemTuple, ROOT_HANDLE } from './tc-commands.ts';

/** One qdisc as `tc -j -s qdisc show` prints it. */
export interface QdiscReading {
  readonly kind: string;
  /** `5a1e:`, or `0:` for one that the kernel put there itself. */
  readonly handle: string;
  /** Class it hangs from, null at the root. */
  readonly parent: string | null;
  readonly netem: NetemTuple | null;
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
    const differences = differencesOf(netem, tuples[index]!);
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

const differencesOf = (is: NetemTuple, asked: NetemTuple): readonly string[] =>
  TOLERANCES.filter(({ of, absolute, relative }) => {
    return Math.abs(is[of] - asked[of]) > Math.max(absolute, relative * asked[of]);
  }).map(({ of }) => `${of} is ${is[of]}, should be ${asked[of]}`);

// tc counts time in ticks of 64 ns, drops fractions of a microsecond, and prints six digits of every number.
const TOLERANCES = [
  { of: 'delayUs', absolute: 2, relative: 1e-5 },
  { of: 'jitterUs', absolute: 2, relative: 1e-5 },
  { of: 'lossRate', absolute: 2e-9, relative: 1e-5 },
  { of: 'rateKbps', absolute: 1, relative: 1e-5 },
  { of: 'limitPackets', absolute: 0, relative: 0 },
] as const;

const netemOf = (options: NetemJson): NetemTuple => ({
  delayUs: Math.round((options.delay?.delay ?? 0) * 1e6),
  jitterUs: Math.round((options.delay?.jitter ?? 0) * 1e6),
  lossRate: options['loss-random']?.loss ?? 0,
  rateKbps: ((options.rate?.rate ?? 0) * 8) / 1000,
  limitPackets: options.limit ?? 0,
});

/** Seconds, fractions, bytes a second. */
interface NetemJson {
  readonly limit?: number;
  readonly delay?: { readonly delay: number; readonly jitter?: number };
  readonly 'loss-random'?: { readonly loss: number };
  readonly rate?: { readonly rate: number };
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
