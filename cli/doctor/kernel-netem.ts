/** Whether a kernel can delay and drop packets (its `sch_netem`), and how that is known. */
export type KernelNetem =
  | { readonly kind: 'supported'; readonly how: string }
  | { readonly kind: 'unsupported'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What a Linux kernel tells without privilege; null where it tells nothing. */
export interface KernelTraces {
  /** The text of `/proc/modules`: what is loaded. */
  readonly loaded: string | null;
  /** The text of `modules.builtin` and `modules.dep` under `/lib/modules`: what is part of it, and what it can load. */
  readonly builtIn: string | null;
  readonly loadable: string | null;
  /** The text of `/proc/config.gz`, unpacked: what it was built with. */
  readonly config: string | null;
}

/** What trying it says; where it could not be tried, what the traces say. */
export const kernelNetem = (tried: Tried, traces: KernelTraces): KernelNetem => {
  if (tried.supported)
    return {
      kind: 'supported',
      how: 'tried in a network namespace of its own',
    };
  if (/kernel has no/.test(tried.reason)) return { kind: 'unsupported', reason: tried.reason };
  const traced = netemFromTraces(traces);
  return traced.kind === 'unknown' ? { kind: 'unknown', reason: `${tried.reason}, and ${traced.reason}` } : traced;
};

/** What came of a try: the reason says that the kernel has none, or why it could not be asked. */
type Tried = { readonly supported: true } | { readonly supported: false; readonly reason: string };

/** What the traces prove. A module that can be loaded is as good as a loaded one: the engine asks for it as root. */
const netemFromTraces = ({ loaded, builtIn, loadable, config }: KernelTraces): KernelNetem => {
  if (loaded !== null && /^sch_netem /m.test(loaded)) return { kind: 'supported', how: 'the module is loaded' };
  if (builtIn !== null && /\/sch_netem\.ko$/m.test(builtIn)) return { kind: 'supported', how: 'built in' };
  if (loadable !== null && /\/sch_netem\.ko[.a-z0-9]*:/m.test(loadable)) {
    return { kind: 'supported', how: 'the module can be loaded' };
  }
  if (config !== null) {
    const built = /^CONFIG_NET_SCH_NETEM=(y|m)$/m.exec(config)?.[1];
    if (built === 'y') return { kind: 'supported', how: 'built in' };
    if (built === undefined) return { kind: 'unsupported', reason: 'it was built without sch_netem' };
    return {
      kind: 'unknown',
      reason: 'it was built with sch_netem as a module, which is not installed where we look',
    };
  }
  return {
    kind: 'unknown',
    reason: 'nothing that may be read without privilege tells',
  };
};
