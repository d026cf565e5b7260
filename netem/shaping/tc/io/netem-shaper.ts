import { closeAll } from '../../../../core/process/close-all.ts';
import { Histogram } from '../../../../core/stats/histogram.ts';
import type { LinkState } from '../../../links/model/link-model.ts';
import type { Shaper } from '../../shaper.ts';
import { isSameTuple, type NetemTuple, netemTuple, PASS } from '../netem-tuple.ts';
import { checkMatch, type DeviceTree, type Match, type ShapingPlan, treesOf } from '../shaping-plan.ts';
import {
  changeLines,
  classId,
  removeLine,
  retargetLines,
  showFiltersLine,
  showQdiscsLine,
  treeLines,
} from '../tc-commands.ts';
import {
  filterFaults,
  foreignRoot,
  isOurs,
  parseFilters,
  parseQdiscs,
  type QdiscReading,
  qdiscFaults,
  type TreeFault,
} from '../tc-readback.ts';
import { KERNEL_GSO_MAX_SEGS, setGsoMaxSegs, turnSegmentationOff } from './segmentation.ts';
import { TcProcess } from './tc-process.ts';

/** What passed through one link since its tree was made. */
export interface LinkCounters {
  readonly packets: number;
  readonly bytes: number;
  readonly dropped: number;
}

interface Place {
  readonly device: string;
  readonly index: number;
  /** The last state sent to the link; the real one may differ when `isSure` is false. */
  wanted: NetemTuple;
  /** The last state that was set without a failure. */
  had: NetemTuple;
  isSure: boolean;
}

/**
 * Shapes what leaves one network namespace with the kernel's netem. Calls run one after the other.
 * `enter` are words to put in front of every command, such as `ip netns exec a`, to shape a namespace from outside.
 */
export class NetemShaper implements Shaper {
  /** From passing a batch to the kernel until it is known to be applied. */
  readonly applyTime = new Histogram();
  #changes = 0;
  #repairs = 0;

  readonly #tc: TcProcess;
  readonly #enter: readonly string[];
  readonly #trees: Map<string, DeviceTree>;
  readonly #places = new Map<string, Place>();
  readonly #gsoMaxSegs = new Map<string, number>();
  #lastTurn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(trees: readonly DeviceTree[], enter: readonly string[]) {
    this.#enter = enter;
    this.#tc = new TcProcess(enter);
    this.#trees = new Map(trees.map((tree) => [tree.device, tree]));
    for (const { device, classes } of trees) {
      for (const [index, { link }] of classes.entries()) {
        this.#places.set(link, { device, index, wanted: PASS, had: PASS, isSure: true });
      }
    }
  }

  /**
   * Builds the trees; every link passes everything until it gets a state. A tree left over from a shaper that was
   * killed is replaced. Rejects, and leaves no trace, when a device is missing, shaped by somebody else, or cannot be shaped.
   */
  static async attach(plan: ShapingPlan, enter: readonly string[] = []): Promise<NetemShaper> {
    const shaper = new NetemShaper(treesOf(plan), enter);
    try {
      for (const tree of shaper.#trees.values()) await shaper.#takeOver(tree);
      return shaper;
    } catch (error) {
      await shaper.close().catch(() => {}); // the reason why building failed also makes this fail
      throw error;
    }
  }

  /** How often a link was changed, and how many faults were found and repaired. */
  get counts(): { readonly changes: number; readonly repairs: number } {
    return { changes: this.#changes, repairs: this.#repairs };
  }

  apply(states: ReadonlyMap<string, LinkState>): Promise<void> {
    return this.#inTurn(async () => {
      const changed: Place[] = [];
      for (const [link, state] of states) {
        const place = this.#placeOf(link);
        const tuple = netemTuple(state);
        if (place.isSure && isSameTuple(place.wanted, tuple)) continue;
        place.wanted = tuple;
        place.isSure = false;
        changed.push(place);
      }
      await this.#change(changed);
    });
  }

  /** The address or ports of the peer of `link` have changed. */
  retarget(link: string, match: Match): Promise<void> {
    checkMatch(match);
    return this.#inTurn(async () => {
      const { device, index } = this.#placeOf(link);
      const tree = this.#trees.get(device)!;
      this.#trees.set(device, { ...tree, classes: tree.classes.with(index, { link, device, match }) });
      await this.#mustRun(retargetLines(tree, index, match));
    });
  }

  check(): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const problems: string[] = [];
      for (const tree of this.#trees.values()) {
        const faults = await this.#faultsOf(tree);
        problems.push(...faults.map(({ problem }) => problem));
        await this.#repair(tree, faults).catch((error: Error) => problems.push(`${tree.device}: ${error.message}`));
      }
      return problems;
    });
  }

  /** What the kernel counted, by link. */
  counters(): Promise<ReadonlyMap<string, LinkCounters>> {
    return this.#inTurn(async () => {
      const counters = new Map<string, LinkCounters>();
      for (const { device, classes } of this.#trees.values()) {
        const leaves = new Map((await this.#qdiscs(device)).map((qdisc) => [qdisc.parent, qdisc]));
        for (const [index, { link }] of classes.entries()) {
          const { packets = 0, bytes = 0, dropped = 0 } = leaves.get(classId(index)) ?? {};
          counters.set(link, { packets, bytes, dropped });
        }
      }
      return counters;
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    const last = this.#inTurn(async () => {
      // A device that fails, or is shaped by somebody else by now, must not leave another one shaped.
      const devices = [...this.#gsoMaxSegs.keys()];
      await closeAll([...devices.map((device) => () => this.#release(device)), () => this.#tc.close()]);
    });
    this.#isClosed = true;
    await last;
  }

  async #takeOver(tree: DeviceTree): Promise<void> {
    const { device } = tree;
    const qdiscs = await this.#qdiscs(device);
    const foreign = foreignRoot(qdiscs);
    if (foreign !== undefined) {
      const what = `${foreign.kind} ${foreign.handle}`;
      throw new Error(`${device} is shaped by somebody else (${what}); if nobody needs it: tc ${removeLine(device)}`);
    }
    const gsoMaxSegs = await turnSegmentationOff(device, this.#enter);
    // A predecessor that was killed took the device's own number with it.
    this.#gsoMaxSegs.set(device, isOurs(qdiscs) && gsoMaxSegs === 1 ? KERNEL_GSO_MAX_SEGS : gsoMaxSegs);
    await this.#build(tree, qdiscs);
  }

  async #build(tree: DeviceTree, over: readonly QdiscReading[]): Promise<void> {
    const isShaped = over.some(({ handle, parent }) => parent === null && handle !== '0:');
    const places = this.#placesOf(tree);
    const tuples = places.map(({ wanted }) => wanted);
    await this.#mustRun([...(isShaped ? [removeLine(tree.device)] : []), ...treeLines(tree, tuples)]);
    for (const place of places) hold(place);
  }

  async #release(device: string): Promise<void> {
    const { shown, failures } = await this.#tc.run([showQdiscsLine(device)]);
    if (failures.some(({ problem }) => NO_DEVICE.test(problem))) return; // the device is gone, and its tree with it
    if (failures.length > 0) throw new Error(failureText(failures));
    await closeAll([
      () => (isOurs(parseQdiscs(shown[0]!)) ? this.#mustRun([removeLine(device)]) : undefined),
      () => setGsoMaxSegs(device, this.#gsoMaxSegs.get(device)!, this.#enter),
    ]);
  }

  async #faultsOf(tree: DeviceTree): Promise<readonly TreeFault[]> {
    const tuples = this.#placesOf(tree).map(({ wanted }) => wanted);
    const { shown, failures } = await this.#tc.run([showQdiscsLine(tree.device)]);
    if (failures.length > 0) return [{ kind: 'tree', problem: `${tree.device}: ${failures[0]!.problem}` }];
    const faults = qdiscFaults(tree, tuples, parseQdiscs(shown[0]!));
    if (faults.some(({ kind }) => kind === 'tree')) return faults;
    const filters = await this.#tc.run([showFiltersLine(tree.device)]);
    if (filters.failures.length > 0) {
      return [{ kind: 'tree', problem: `${tree.device}: ${filters.failures[0]!.problem}` }];
    }
    const lost = filterFaults(tree, parseFilters(filters.shown[0]!));
    return lost.length > 0 ? lost : faults;
  }

  async #repair(tree: DeviceTree, faults: readonly TreeFault[]): Promise<void> {
    if (faults.length === 0) return;
    if (faults.some(({ kind }) => kind === 'tree')) {
      await turnSegmentationOff(tree.device, this.#enter); // a device that was removed and came back has lost it
      await this.#build(tree, await this.#qdiscs(tree.device));
    } else {
      const places = this.#placesOf(tree);
      await this.#change(faults.flatMap((fault) => (fault.kind === 'link' ? [places[fault.index]!] : [])));
    }
    this.#repairs += faults.length;
  }

  async #change(places: readonly Place[]): Promise<void> {
    if (places.length === 0) return;
    const sentMs = performance.now();
    const owned = places.flatMap((place) => {
      const { device, index, wanted, had } = place;
      return changeLines(this.#trees.get(device)!, index, wanted, had).map((line) => ({ place, line }));
    });
    const { failures } = await this.#tc.run(owned.map(({ line }) => line));
    this.applyTime.record((performance.now() - sentMs) * 1000);
    const failed = new Set(failures.map(({ index }) => owned[index]!.place));
    for (const place of places) if (!failed.has(place)) hold(place);
    this.#changes += places.length - failed.size;
    if (failures.length > 0) throw new Error(failureText(failures));
  }

  async #qdiscs(device: string): Promise<readonly QdiscReading[]> {
    return parseQdiscs((await this.#mustRun([showQdiscsLine(device)]))[0]!);
  }

  async #mustRun(lines: readonly string[]): Promise<readonly string[]> {
    const { shown, failures } = await this.#tc.run(lines);
    if (failures.length > 0) throw new Error(failureText(failures));
    return shown;
  }

  #placesOf({ classes }: DeviceTree): readonly Place[] {
    return classes.map(({ link }) => this.#placeOf(link));
  }

  #placeOf(link: string): Place {
    const place = this.#places.get(link);
    if (place === undefined) throw new RangeError(`there is no link ${link} to shape`);
    return place;
  }

  /** tc takes one batch at a time, and a check must not see half of a change. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new Error('the shaper is closed'));
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }
}

const FRONT_DROP = ['tbf', 'pfifo_head_drop'];

const NO_DEVICE = /cannot find device|does not exist/i;

const hold = (place: Place): void => {
  place.had = place.wanted;
  place.isSure = true;
};

const failureText = (failures: readonly { readonly line: string; readonly problem: string }[]): string => {
  const more = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
  const { line, problem } = failures[0]!;
  const missing = FRONT_DROP.find((kind) => line.includes(` ${kind} `) && /unknown|no such file/i.test(problem));
  if (missing !== undefined)
    return `this kernel cannot drop from the front of a queue, as it has no ${missing}: use drop: tail${more}`;
  return `tc ${line}: ${problem}${more}`;
};
