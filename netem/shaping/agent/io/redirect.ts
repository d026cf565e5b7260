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

/**
 * Sets redirects up, replacing those of an earlier agent, and resolves to a function that removes them. Rejects with the
 * message of iptables. Needs CAP_NET_ADMIN.
 */
export const redirect = async (redirects: readonly Redirect[]): Promise<() => Promise<void>> => {
  const undo = async (): Promise<void> => {
    for (const command of undoCommands) await iptables(command).catch(() => {}); // not there: nothing to undo
  };
  await undo();
  for (const command of redirectCommands(redirects)) await iptables(command);
  return undo;
};

/** Replaces the redirects that `redirect` set up. */
export const exchangeRedirects = async (redirects: readonly Redirect[]): Promise<void> => {
  for (const command of exchangeCommands(redirects)) await iptables(command);
};

// The variant over nf_tables needs only CAP_NET_ADMIN; the older one also wants raw sockets.
const iptables = (command: readonly string[]) => run('iptables-nft', ['-w', '2', ...command], { timeout: 5000 });
