import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Connections that arrive at `port` of `address` go to `toPort` of this namespace instead. */
export interface Redirect {
  readonly address: string;
  readonly port: number;
  readonly toPort: number;
}

/** Chains of our own, one in each table: the rules of others stay as they are. */
const CHAIN = 'STARLANE';

/**
 * The commands that set redirects up, each for `iptables`. An older connection is not translated, so packets that
 * still arrive at the port itself are reset: nothing bypasses the relay, and the caller connects again.
 */
export const redirectCommands = (redirects: readonly Redirect[]): readonly (readonly string[])[] => {
  const { nat, filter } = rulesOf(redirects);
  return [
    ['-t', 'nat', '-N', CHAIN],
    ...nat,
    ['-t', 'nat', '-A', 'PREROUTING', '-j', CHAIN],
    ['-t', 'filter', '-N', CHAIN],
    ...filter,
    ['-t', 'filter', '-A', 'INPUT', '-j', CHAIN],
  ];
};

/**
 * The commands that put other redirects in the place of those that are set up. Connections that were translated go on. At each
 * moment a new one is either translated or reset, as long as its address is in both sets.
 */
export const exchangeCommands = (redirects: readonly Redirect[]): readonly (readonly string[])[] => {
  const { nat, filter } = rulesOf(redirects);
  return [['-t', 'nat', '-F', CHAIN], ...nat, ['-t', 'filter', '-F', CHAIN], ...filter];
};

const rulesOf = (redirects: readonly Redirect[]) => {
  const arriving = ({ address, port }: Redirect): readonly string[] => [
    '-A',
    CHAIN,
    '-d',
    address,
    '-p',
    'tcp',
    '--dport',
    String(port),
  ];
  return {
    nat: redirects.map((redirect) => [
      ...['-t', 'nat', ...arriving(redirect)],
      ...['-j', 'REDIRECT', '--to-ports', String(redirect.toPort)],
    ]),
    filter: redirects.map((redirect) => [
      ...['-t', 'filter', ...arriving(redirect)],
      ...['-j', 'REJECT', '--reject-with', 'tcp-reset'],
    ]),
  };
};

/** The commands that remove all of them. */
export const undoCommands: readonly (readonly string[])[] = [
  ['nat', 'PREROUTING'],
  ['filter', 'INPUT'],
].flatMap(([table, hook]) => [
  ['-t', table!, '-D', hook!, '-j', CHAIN],
  ['-t', table!, '-F', CHAIN],
  ['-t', table!, '-X', CHAIN],
]);

/** Commands as `iptables-restore` reads them. It makes those of one table that follow each other take effect at once, or none. */
export const restoreText = (commands: readonly (readonly string[])[]): string => {
  const lines: string[] = [];
  let open: string | null = null;
  for (const [, table, ...command] of commands) {
    if (table !== open) lines.push(...(open === null ? [] : ['COMMIT']), `*${table}`);
    lines.push(command.join(' '));
    open = table!;
  }
  return [...lines, 'COMMIT', ''].join('\n');
};

/**
 * Sets redirects up, replacing those of an earlier agent, and resolves to a function that removes them. Rejects with the
 * message of iptables. Needs CAP_NET_ADMIN.
 */
export const redirect = async (redirects: readonly Redirect[]): Promise<() => Promise<void>> => {
  const undo = async (): Promise<void> => {
    for (const command of undoCommands) await run('iptables-nft', ['-w', '2', ...command], LIMITS).catch(() => {}); // not there: nothing to undo
  };
  const commands = redirectCommands(redirects);
  try {
    await restore(commands);
  } catch {
    await undo(); // an earlier agent was killed, and left its chains
    await restore(commands);
  }
  return undo;
};

/** Replaces the redirects that `redirect` set up. */
export const exchangeRedirects = (redirects: readonly Redirect[]): Promise<void> =>
  restore(exchangeCommands(redirects));

/**
 * Runs them in one process: a topology that comes up starts as few as it can. The variant over nf_tables needs only CAP_NET_ADMIN;
 * the older one also wants raw sockets.
 */
const restore = async (commands: readonly (readonly string[])[]): Promise<void> => {
  const running = run('iptables-nft-restore', ['--noflush', '-w', '2'], LIMITS);
  running.child.stdin!.on('error', () => {}); // it ended before it read; what it said is the error
  running.child.stdin!.end(restoreText(commands));
  await running;
};

const LIMITS = { timeout: 5000 };
