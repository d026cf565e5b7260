/** Whether a kernel can delay and drop packets (its `sch_netem`), and how that is known. */
export type KernelNetem =
  | { readonly kind: 'supported'; readonly how: string }
  | { readonly kind: 'unsupported'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What can be read about a Linux kernel without privileges; null when it cannot be read. */
export interface KernelTraces {
  /** The text of `/proc/modules`: the loaded modules. */
  readonly loaded: string | null;
  /** The text of `modules.builtin` and `modules.dep` under `/lib/modules`: built-in modules, and modules that can be loaded. */
  readonly builtIn: string | null;
  readonly loadable: string | null;
  /** The text of `/proc/config.gz`, unpacked: the build configuration. */
  readonly config: string | null;
}

/** The result of the trial; if it could not be tried, what the traces prove. */
export const kernelNetem = (tried: Tried, traces: KernelTraces): KernelNetem => {
  if (tried.supported)
    return {
      kind: 'supported',
      how: 'tried in a separate network namespace',
    };
  if (/kernel has no/.test(tried.reason)) return { kind: 'unsupported', reason: tried.reason };
  const traced = netemFromTraces(traces);
  return traced.kind === 'unknown' ? { kind: 'unknown', reason: `${tried.reason}, and ${traced.reason}` } : traced;
};

/** The result of a trial. `reason` says that the kernel has no netem, or why it could not be tried. */
type Tried = { readonly supported: true } | { readonly supported: false; readonly reason: string };

/** What the traces prove. A module that can be loaded counts like a loaded one, because the engine loads it as root. */
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
      reason: 'it was built with sch_netem as a module, but the module was not found',
    };
  }
  return {
    kind: 'unknown',
    reason: 'the kernel does not show it without privileges',
  };
};
