/** How a command ended. */
export type CommandOutcome =
  | { readonly kind: 'ended'; readonly code: number; readonly out: string; readonly err: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'late'; readonly afterMs: number };

export type DockerFacts =
  | { readonly kind: 'no-cli' }
  /** The engine is running, but this user has no access to it. */
  | { readonly kind: 'denied' }
  | { readonly kind: 'silent'; readonly reason: string }
  | ({ readonly kind: 'answers' } & EngineFacts);

export interface EngineFacts {
  readonly version: string;
  readonly apiVersion: string;
  /** The type of its containers: `linux` or `windows`. */
  readonly containers: string;
  readonly system: string;
  readonly kernelRelease: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly cgroupVersion: string;
  readonly limitsMemory: boolean;
  readonly limitsProcessor: boolean;
  /** `inactive`, `active` or another state, as the engine reports it. */
  readonly swarm: string;
  readonly isRootless: boolean;
}

/** The facts in the outputs of `docker version` and `docker info`, both with `--format '{{json .}}'`. */
export const dockerFactsOf = (version: CommandOutcome, info: CommandOutcome): DockerFacts => {
  if (version.kind === 'absent' || info.kind === 'absent') return { kind: 'no-cli' };
  for (const outcome of [version, info]) {
    if (outcome.kind === 'late') return { kind: 'silent', reason: `no answer within ${outcome.afterMs / 1000} s` };
  }
  const server = read(version)?.Server as Fields | null | undefined;
  const engine = read(info);
  if (server === null || server === undefined || engine === null || text(engine, 'ServerVersion') === '') {
    const isDenied = [version, info].some((outcome) => outcome.kind === 'ended' && DENIED.test(outcome.err));
    if (isDenied) return { kind: 'denied' };
    return { kind: 'silent', reason: complaint(version) ?? complaint(info) ?? 'it does not report its version' };
  }
  return {
    kind: 'answers',
    version: text(server, 'Version') || text(engine, 'ServerVersion'),
    apiVersion: text(server, 'ApiVersion'),
    containers: text(engine, 'OSType'),
    system: text(engine, 'OperatingSystem'),
    kernelRelease: text(engine, 'KernelVersion'),
    cores: number(engine, 'NCPU'),
    memoryBytes: number(engine, 'MemTotal'),
    cgroupVersion: text(engine, 'CgroupVersion'),
    limitsMemory: engine.MemoryLimit === true,
    limitsProcessor: engine.CpuCfsQuota === true,
    swarm: text((engine.Swarm ?? {}) as Fields, 'LocalNodeState') || 'inactive',
    isRootless: Array.isArray(engine.SecurityOptions) && engine.SecurityOptions.includes('name=rootless'),
  };
};

const DENIED = /permission denied/i;

type Fields = Readonly<Record<string, unknown>>;

const read = (outcome: CommandOutcome): Fields | null => {
  if (outcome.kind !== 'ended') return null;
  try {
    return JSON.parse(outcome.out) as Fields;
  } catch {
    return null;
  }
};

const text = (fields: Fields, name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
const number = (fields: Fields, name: string): number => (typeof fields[name] === 'number' ? fields[name] : 0);

/** The first line of the error output of a command. */
const complaint = (outcome: CommandOutcome): string | undefined =>
  outcome.kind === 'ended'
    ? outcome.err
        .split('\n')
        .find((line) => line.trim() !== '')
        ?.trim()
    : undefined;
