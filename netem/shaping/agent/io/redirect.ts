import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Connections that arrive at `port` of `address` go to `toPort` of this namespace instead. */
export interface Redirect {
  readonly address: string;
  readonly port: number;
  readonly toPort: number;
}

/** Chains of our own, one in each table: what others put there stays as it is. */
const CHAIN = 'STARLANE';

/**
 * The commands that set redirects up, each for `iptables`. A connection that was made before them is not translated, so what
 * still arrives at the port itself is reset: nothing gets past the relay, and whoever called calls again.
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

/** The commands that leave nothing of them. */
export const undoCommands: readonly (readonly string[])[] = [
  ['nat', 'PREROUTING'],
  ['filter', 'INPUT'],
].flatMap(([table, hook]) => [
  ['-t', table!, '-D', hook!, '-j', CHAIN],
  ['-t', table!, '-F', CHAIN],
  ['-t', table!, '-X', CHAIN],
]);

/**
 * Sets redirects up, in the place of those of an agent before, and resolves to what takes them away. Rejects with the words of
 * iptables. Needs CAP_NET_ADMIN.
 */
export const redirect = async (redirects: readonly Redirect[]): Promise<() => Promise<void>> => {
  const undo = async (): Promise<void> => {
    for (const command of undoCommands) await iptables(command).catch(() => {}); // not there: nothing to undo
  };
  await undo();
  for (const command of redirectCommands(redirects)) await iptables(command);
  return undo;
};

/** Puts other redirects in the place of those that `redirect` set up. */
export const exchangeRedirects = async (redirects: readonly Redirect[]): Promise<void> => {
  for (const command of exchangeCommands(redirects)) await iptables(command);
};

// The variant over nf_tables needs no more than CAP_NET_ADMIN; the older one also wants raw sockets.
const iptables = (command: readonly string[]) => run('iptables-nft', ['-w', '2', ...command], { timeout: 5000 });
