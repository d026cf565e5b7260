import type { Ms } from '../../core/time/clock.ts';
import { type LinkEffects, linkEffects } from '../../netem/links/effect/registry.ts';
import type { PathLinks } from '../../netem/links/path-links.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { linksOf, type Topology, topologyOf } from '../../scenario/topology.ts';
import { NoWay } from './no-way.ts';

/**
 * Says why a path is down. A path is down when any of its layers is. So the network is built again with one layer at a time: with
 * none, with each effect of the registry alone, with the faults alone. The first of these that is down at the instant is the cause.
 */
export class DownCauses {
  readonly #noWay: () => NoWay;
  readonly #layers: readonly Layer[];
  /** The last cause of each path, which is tried first the next time. */
  readonly #last = new Map<string, Layer>();

  constructor(scenario: Scenario, topology: Topology) {
    this.#noWay = once(() => new NoWay(scenario, topology));
    const layer = (words: string, effects: LinkEffects, faults: Scenario['faults'] = null): Layer => ({
      words,
      links: once(() => linksOf(topologyOf({ ...scenario, faults }, effects))),
    });
    this.#layers = [
      layer(BARE, onlyEffect(null)),
      layer('faults', onlyEffect(null), scenario.faults),
      ...effectKeys().map((key) => layer(WORDS[key] ?? key, onlyEffect(key))),
    ];
  }

  /** The cause, for people. `path` is a name in the log, and is down at `atMs`. */
  at(path: string, atMs: Ms): string {
    const [bare, ...others] = this.#layers;
    if (isDown(bare!, path, atMs)) return this.#bareCause(bare!, path, atMs);
    const last = this.#last.get(path);
    if (last !== undefined && isDown(last, path, atMs)) return last.words;
    const cause = others.find((layer) => layer !== last && isDown(layer, path, atMs));
    if (cause === undefined) return 'several causes together';
    this.#last.set(path, cause);
    return cause.words;
  }

  /** Only what goes through space has slots; a cable is never down by itself, so that the rest are recordings. */
  #bareCause(bare: Layer, path: string, atMs: Ms): string {
    return bare.links().get(path)!.slots === undefined ? 'the recording of it' : this.#noWay().at(path, atMs);
  }
}

/** The network with some of its layers. */
interface Layer {
  readonly words: string;
  readonly links: () => ReadonlyMap<string, PathLinks>;
}

const BARE = 'its way';

/** What effects are called, by their key; others are called by the key. */
const WORDS: Readonly<Record<string, string>> = {
  boundary: 'slot boundaries',
  cuts: 'cable cuts',
};

const isDown = ({ links }: Layer, path: string, atMs: Ms): boolean => {
  const { forward, back } = links().get(path)!;
  return !(forward.stateAt(atMs).up && back.stateAt(atMs).up);
};

const effectKeys = (): readonly string[] => [
  ...new Set(
    Object.values(linkEffects)
      .flat()
      .map(({ key }) => key),
  ),
];

/** The registry with one effect only, or with none. */
const onlyEffect = (key: string | null): LinkEffects =>
  Object.fromEntries(
    Object.entries(linkEffects).map(([list, effects]) => [list, effects.filter((effect) => effect.key === key)]),
  ) as unknown as LinkEffects;

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};
